// Keys of one letter or sign: the list of them, the pages, the rows, the search; that they rest where one types, and that they can be turned off.
import { at, check, expect, tenant, url, withBrowser } from './browser.js';

const headers = { authorization: `Bearer ${process.env.SANDBOX_TOKEN}`, ...(tenant ? { 'x-tenant': tenant } : {}) };

await withBrowser(async open => {
  const page = await open();
  for (const name of ['first-script', 'second-script']) {
    const made = await page.request.post(`${url}/api/v1/scripts`, { headers, data: { name, kind: 'scheduled', source: 'return 1;', trigger: { cron: '0 9 * * 1-5', timezone: 'Europe/Berlin' } } });
    expect(made.ok(), `${name} was not made: ${await made.text()}`);
  }

  const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
  const press = async keys => {
    for (const key of keys.split(' ')) await page.keyboard.press(key);
  };
  await page.goto(at('/'));
  await press('?');
  await page.waitForSelector('#keys[open]');
  await check(page, 'keys');
  await press('g s');
  await press('Escape');
  await page.waitForSelector('#keys:not([open])', { state: 'attached' });
  expect(new URL(page.url()).pathname === '/', 'keys act under an open dialog');

  await press('g e');
  await page.waitForURL(reached => reached.pathname === '/executions');
  await press('g r');
  await page.waitForURL(reached => reached.pathname === '/errors');
  await press('g o');
  await page.waitForURL(reached => reached.pathname === '/');
  await press('g s');
  await page.waitForURL(reached => reached.pathname === '/scripts');

  // Rows: not beyond the last or before the first.
  await press('j');
  expect(await focused() === 'first-script', `j is at ${await focused()}`);
  await press('j j');
  expect(await focused() === 'second-script', `j j is at ${await focused()}`);
  await press('k k');
  expect(await focused() === 'first-script', `k k is at ${await focused()}`);

  // Typed, a letter is a letter.
  await press('/');
  await page.keyboard.type('gojk?/');
  expect(await page.inputValue('#content input[type=search]') === 'gojk?/', 'a key acts while one types');
  await page.fill('#content input[type=search]', '');
  await page.locator('#content input[type=search]').blur();
  await press('Control+j');
  expect(!(await focused()).endsWith('-script'), 'j acts with a modifier');

  // Off, nothing acts, here and on the next page; the list is still reached, and turns them on.
  await page.click('[data-keys]');
  await page.uncheck('#keys-on');
  await page.click('#keys [data-close]');
  await press('j');
  expect(!(await focused()).endsWith('-script'), 'j acts though it is off');
  await page.reload();
  await press('?');
  expect(await page.locator('#keys[open]').count() === 0, '? acts though it is off');
  await page.click('[data-keys]');
  expect(!(await page.isChecked('#keys-on')), 'the switch forgot that it is off');
  await page.check('#keys-on');
  await page.click('#keys [data-close]');
  await press('j Enter');
  await page.waitForURL(reached => reached.pathname === '/scripts/first-script');

  // The trigger in words, as it is typed; in the code editor a letter is a letter.
  await page.goto(at('/scripts/first-script/edit'));
  await page.waitForSelector('#trigger-words >> text=Weekdays at 09:00, Europe/Berlin');
  expect(await page.locator('#next-runs > li').count() === 10, 'there are not ten next times');
  await page.fill('#cron', '0 9 31 3,10 *');
  await page.waitForSelector('#trigger-words', { state: 'hidden' });
  await page.waitForSelector('#next-runs >> text=/clocks change: 09:00 is 0[78]:00 UTC from here on/');
  await page.fill('#cron', '0 99 * * *');
  await page.waitForSelector('#problems >> text=trigger.cron');
  expect(await page.locator('#problems button').count() === 0, 'a mistake of the schedule has a place in the source');
  expect(await page.isHidden('#trigger-words'), 'a wrong schedule has words');
  await check(page, 'trigger-words');
  await page.fill('#cron', '0 9 * * 1-5');

  // A try is followed while it runs, and cancelled.
  await page.click('.monaco-editor .view-lines');
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText("console.log('begun');\nawait sdk.progress(1, 4, 'first part');\nawait new Promise(() => {});");
  await page.click('#try');
  await page.waitForSelector('#try-result >> text=begun');
  await page.waitForSelector('#try-result >> text=/Running, .*1 of 4: first part/');
  await page.click('#try-stop');
  await page.waitForSelector('#try-result >> text=Cancelled');
  expect((await page.innerText('#try-result')).includes('begun'), 'what was logged before the end is lost');
  await page.click('.monaco-editor .view-lines');
  await press('?');
  expect(await page.locator('#keys[open]').count() === 0, 'a key acts in the code editor');
  expect((await page.inputValue('#source')).includes('?'), 'the code editor did not take the key');
});
