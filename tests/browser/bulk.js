// Something is done to all executions that a filter finds, and what became of it is said.
import { at, checkState, expect, tenant, url, withBrowser } from './browser.js';

const headers = { authorization: `Bearer ${process.env.SANDBOX_TOKEN}`, ...(tenant ? { 'x-tenant': tenant } : {}) };

await withBrowser(async open => {
  const page = await open();
  const post = async (path, data) => {
    const answer = await page.request.post(`${url}/api/v1${path}`, { headers, data });
    expect(answer.ok(), `${path} answered ${await answer.text()}`);
    return answer.json();
  };
  const count = async query => (await (await page.request.get(`${url}/api/v1/executions?limit=200&${query}`, { headers })).json()).items.length;
  const until = async (query, wanted) => {
    for (let found = -1; found !== wanted; await page.waitForTimeout(100)) found = await count(query);
  };
  await post('/scripts', { name: 'many', kind: 'oneoff', source: "sdk.log.info('ran'); if (context.input.fails && !context.replayOf) throw new Error('as asked'); return 1;", retry: { attempts: 1 } });
  await post('/scripts', { name: 'other', kind: 'oneoff', source: "throw new Error('as asked');", retry: { attempts: 1 } });
  for (const fails of [true, true, true, false]) await post('/scripts/many/executions', { input: { fails } });
  await post('/scripts/other/executions', { input: {} });
  await until('status=failed', 4);
  await until('status=completed', 1);

  // All that failed of one script run again; the others are left alone.
  await page.goto(at('/executions?script=many&status=failed'));
  await page.click('text=Act on all that match…');
  await page.waitForSelector('#bulk >> text=Executions that match: 3. The newest of them:');
  expect(await page.evaluate(() => document.activeElement.textContent) === 'Close', 'the focus is not on what changes nothing');
  await page.fill('#rate', '0');
  await page.click('button:has-text("Run all again")');
  await page.waitForSelector('#rate[aria-invalid=true]');
  await checkState(page, 'state-bulk');
  await page.fill('#rate', '');
  await page.click('button:has-text("Run all again")');
  await page.waitForSelector('#bulk >> text=Executions that run again: 3 of 3.');
  await page.click('#bulk [data-close]');
  await until('script=many&status=completed', 4);
  expect(await count('script=other') === 1, 'it acted on another script too');

  // All that wait are cancelled; what has ended stays as it is.
  const later = new Date(Date.now() + 3_600_000).toISOString();
  for (let n = 0; n < 2; n++) await post('/scripts/many/executions', { input: {}, run_at: later });
  await page.goto(at('/executions?script=many&range=all'));
  await page.click('text=Act on all that match…');
  await page.click('button:has-text("Cancel all that wait or run")');
  await page.waitForSelector('#bulk >> text=/Executions that are cancelled: \\d of \\d that waited or ran./');
  await page.click('#bulk [data-close]');
  await page.waitForSelector('#bulk', { state: 'hidden' });
  expect(await count('script=many&status=completed') === 4, 'what had ended was changed');

  // The menu of a row, by keyboard.
  await page.goto(at('/scripts'));
  const opener = page.locator('[data-row-menu="many"]');
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  await opener.focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('#row-menu:popover-open');
  expect(await focused() === 'Open', 'the focus is not in the menu');
  await checkState(page, 'state-row-menu');
  await page.keyboard.press('Escape');
  await page.waitForSelector('#row-menu', { state: 'hidden' });
  expect(await page.evaluate(() => document.activeElement.dataset.rowMenu) === 'many', 'the focus is not back on the row');
  await page.keyboard.press('Enter');
  for (let n = 0; await focused() !== 'Executions'; n++) {
    expect(n < 10, 'the arrows do not lead to the executions');
    await page.keyboard.press('ArrowDown');
  }

  await page.keyboard.press('Enter');
  await page.waitForURL(reached => reached.pathname === '/executions' && reached.searchParams.get('script') === 'many');
  await page.goBack();
  await opener.click();
  await page.click('#row-menu button:text-is("Pause")');
  await page.waitForSelector('#toasts >> text=many is paused and holds what comes');
  await opener.click();
  expect(await page.locator('#row-menu button:text-is("Pause")').isHidden(), 'a paused script can be paused');
  await page.click('#row-menu button:text-is("Resume")');
  await page.waitForSelector('#toasts >> text=many takes work again');
});
