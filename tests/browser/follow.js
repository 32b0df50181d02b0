// The page of a script follows what runs: a row comes by itself and is said, nothing moves under the focus, and a switch stops it for good.
import { at, check, expect, tenant, url, withBrowser } from './browser.js';

const headers = { authorization: `Bearer ${process.env.SANDBOX_TOKEN}`, ...(tenant ? { 'x-tenant': tenant } : {}) };
/** Longer than the page waits between two looks. */
const A_LOOK_MS = 7000;

await withBrowser(async open => {
  const page = await open();
  const post = (path, data) => page.request.post(`${url}/api/v1${path}`, { headers, data });
  const run = fails => post('/scripts/runs/invoke', { input: { fails } });
  const rows = () => page.locator('[data-live="last"] li').count();
  const untilRows = count => page.waitForFunction(wanted => document.querySelectorAll('[data-live="last"] li').length === wanted, count);
  const source = `${'// A long source lets the page scroll.\n'.repeat(80)}if (context.input.fails) throw new Error('as asked');\nreturn 1;`;
  const made = await post('/scripts', { name: 'runs', kind: 'embedded', source });
  expect(made.ok(), `the script was not made: ${await made.text()}`);
  await page.goto(at('/scripts/runs'));
  await page.waitForSelector('text=It has not run yet.');
  const heard = text => page.waitForFunction(wanted => window.heard.some(one => one.text === wanted), text);

  // What runs appears without a reload, as soon as the server says so, and is said.
  const streamed = page.waitForResponse(answer => answer.url().includes('/executions/changes?script='));
  await page.reload();
  expect((await streamed).status() === 200, 'the page does not follow by a stream');
  await page.evaluate(() => {
    window.heard = [];
    const said = document.getElementById('follow-said');
    const hear = () => said.textContent !== '' && window.heard.push({ text: said.textContent, at: performance.now() });
    new MutationObserver(hear).observe(said, { childList: true });
  });
  await run(false);
  await untilRows(1);
  await heard('1 new execution');
  await run(false);
  await run(true);
  await untilRows(3);
  await heard('2 new executions, 1 failed');
  const isSeldom = await page.evaluate(() => window.heard.every((one, i, all) => i === 0 || one.at - all[i - 1].at >= 15_000));
  expect(isSeldom, 'it speaks more often than every 15 seconds');
  await page.waitForSelector('#health');
  await check(page, 'script-followed');

  // The focus on a row keeps its place; once it leaves, what came is shown.
  await page.locator('[data-live="last"] li a').first().focus();
  const href = await page.evaluate(() => document.activeElement.href);
  await run(false);
  await page.waitForTimeout(A_LOOK_MS);
  expect(await page.evaluate(() => document.activeElement.href) === href, 'the focus lost its row');
  expect(await rows() === 3, 'rows moved under the focus');
  await page.evaluate(() => document.activeElement.blur());
  await untilRows(4);

  // So does the pointer.
  await page.hover('[data-live="last"] li >> nth=1');
  await run(false);
  await page.waitForTimeout(A_LOOK_MS);
  expect(await rows() === 4, 'rows moved under the pointer');
  await page.mouse.move(0, 0);
  await untilRows(5);

  // Scrolled below the rows, the line that is read stays where it is.
  await page.locator('#line-60').scrollIntoViewIfNeeded();
  await page.evaluate(() => document.getElementById('line-60').scrollIntoView({ block: 'center' }));
  const top = () => page.evaluate(() => document.getElementById('line-60').getBoundingClientRect().top);
  const before = await top();
  await run(false);
  await untilRows(6);
  expect(Math.abs(await top() - before) < 2, `the page jumped from ${before} to ${await top()}`);

  // Its state too: paused elsewhere, it says so.
  expect((await post('/scripts/runs/pause', {})).ok(), 'the script was not paused');
  await page.waitForSelector('.headline >> text=Paused');
  await page.waitForSelector('.headline button:has-text("Resume")');
  expect((await post('/scripts/runs/resume')).ok(), 'the script does not take work again');

  // What the page cannot renew, it says: another version is live.
  const patched = await page.request.patch(`${url}/api/v1/scripts/runs`, { headers, data: { source: `${source}// changed` } });
  expect(patched.ok(), `the script was not changed: ${await patched.text()}`);
  await page.waitForSelector('text=Version 2 is live now; the code and the versions below are those of version 1.');
  await page.click('button:has-text("Show it")');
  await page.waitForSelector('.headline .tag >> text=version 2');
  expect(await page.locator('[data-version] .notice').count() === 0, 'it still says that another version is live');

  // The switch stops it, also on the page that comes next.
  await page.click('#follow');
  expect(await page.getAttribute('#follow', 'aria-pressed') === 'false', 'the switch is still on');
  await run(false);
  await page.waitForTimeout(A_LOOK_MS);
  expect(await rows() === 6, 'it follows though it is off');
  await page.reload();
  await page.waitForSelector('#follow[aria-pressed="false"]');
  await untilRows(7);
  await run(false);
  await page.waitForTimeout(A_LOOK_MS);
  expect(await rows() === 7, 'the next page forgot that it is off');
  await page.click('#follow');
  await untilRows(8);
});
