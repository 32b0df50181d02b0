// The list of executions as a live tail: off it says how many came; on they come by themselves, but under nobody who reads or points.
import { at, check, expect, tenant, url, withBrowser } from './browser.js';

const headers = { authorization: `Bearer ${process.env.SANDBOX_TOKEN}`, ...(tenant ? { 'x-tenant': tenant } : {}) };
/** Longer than the page waits between two looks. */
const A_LOOK_MS = 7000;
const MANY = 40;

await withBrowser(async open => {
  const page = await open();
  const post = (path, data) => page.request.post(`${url}/api/v1${path}`, { headers, data });
  const run = fails => post('/scripts/tailed/invoke', { input: { fails } });
  const made = await post('/scripts', { name: 'tailed', kind: 'embedded', source: "if (context.input.fails) throw new Error('as asked');\nreturn 1;" });
  expect(made.ok(), `the script was not made: ${await made.text()}`);
  const rows = () => page.locator('tr[data-execution]').count();
  const untilRows = count => page.waitForFunction(wanted => document.querySelectorAll('tr[data-execution]').length === wanted, count);
  const first = () => page.getAttribute('tr[data-execution] >> nth=0', 'data-execution');
  const offer = page.locator('[data-newer]');

  // Off, as it comes: rows that came are offered.
  await run(false);
  await page.goto(at('/executions?script=tailed'));
  await page.waitForSelector('#follow[aria-pressed="false"]');
  await run(false);
  await page.waitForSelector('[data-newer] >> text=Show 1 new');
  expect(await rows() === 1, 'it adds rows though it is off');

  // On: they come, are said and counted.
  await page.click('#follow');
  await untilRows(2);
  await offer.waitFor({ state: 'hidden' });
  await run(true);
  await untilRows(3);
  await page.waitForSelector('#follow-said >> text=/1 failed/', { state: 'attached' });
  await page.waitForSelector('.legend .of-failed >> text=1');
  await check(page, 'executions-followed');

  // Under the focus nothing moves; it is offered, and shown when the focus leaves.
  await page.locator('tr[data-execution] a').first().focus();
  await run(false);
  await page.waitForSelector('[data-newer] >> text=Show 1 new');
  expect(await rows() === 3, 'rows moved under the focus');
  await page.evaluate(() => document.activeElement.blur());
  await untilRows(4);
  await offer.waitFor({ state: 'hidden' });

  // Nor under a pointer that moves; one that rests is passed.
  const over = await page.locator('tr[data-execution] >> nth=1').boundingBox();
  await run(false);
  for (let moved = 0; moved < A_LOOK_MS; moved += 500) {
    await page.mouse.move(over.x + 200 + moved / 100, over.y + 10);
    await page.waitForTimeout(500);
  }

  expect(await rows() === 4, 'rows moved under a pointer that moves');
  await untilRows(5);
  await page.mouse.move(0, 0);

  // Scrolled down, what is read stays; back on top, the newest is there.
  await Promise.all(Array.from({ length: MANY }, () => run(false)));
  await untilRows(5 + MANY);
  await page.evaluate(() => scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' }));
  const newest = await first();
  await run(false);
  await page.waitForSelector('[data-newer] >> text=Show 1 new', { state: 'attached' });
  expect(await first() === newest, 'rows moved below one who had scrolled');
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
  await untilRows(6 + MANY);

  // The choice is this list's own, and stays.
  await page.reload();
  await page.waitForSelector('#follow[aria-pressed="true"]');
  await run(false);
  await untilRows(7 + MANY);
  await page.click('#follow');
  await page.goto(at('/scripts/tailed'));
  await page.waitForSelector('#follow[aria-pressed="true"]');
});
