// Without a mouse: skip to the content, write a script in the code editor and leave it, make it, try it, publish it, disable it, open what it did and run it
// again. Wherever Tab stops, one sees where that is.
import { at, expect, tenant, url, withBrowser } from './browser.js';

const headers = { authorization: `Bearer ${process.env.SANDBOX_TOKEN}`, ...(tenant ? { 'x-tenant': tenant } : {}) };
const STOPS_MAX = 150;

await withBrowser(async open => {
  const page = await open();
  const press = key => page.keyboard.press(key);
  const stop = selector => page.evaluate(wanted => {
    const one = document.activeElement;
    if (one === document.body) return { is: false, isSeen: true };
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
    const { width, height, top, bottom } = one.getBoundingClientRect();
    const isMarked = (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
    // The code editor marks its own place by the cursor.
    const isSeen = Boolean(one.closest('.monaco-editor')) || (isMarked && width > 0 && height > 0 && bottom > 0 && top < innerHeight);
    return { is: one.matches(wanted), isSeen, html: one.outerHTML.slice(0, 160) };
  }, selector);

  /** Presses Tab until this has the focus. */
  async function tabTo(selector, key = 'Tab') {
    for (let stops = 0; stops < STOPS_MAX; stops++) {
      await press(key);
      const { is, isSeen, html } = await stop(selector);
      expect(isSeen, `${page.url()}: the focus is not to be seen on ${html}`);
      if (is) return;
    }

    throw new Error(`${page.url()}: Tab does not lead to ${selector}`);
  }

  async function write(text) {
    await press('Control+A');
    await page.keyboard.insertText(text);
  }

  // Past the navigation, to the content.
  await page.goto(at('/scripts'));
  await tabTo('a.skip');
  await press('Enter');
  expect(await page.evaluate(() => location.hash === '#content'), 'the skip link leads elsewhere');

  // A new script: its kind, its name, its code, and out of the editor again.
  await page.goto(at('/scripts'));
  await tabTo('a[href*="/scripts/new"]');
  await press('Enter');
  await page.waitForURL(reached => reached.pathname === '/scripts/new');
  await tabTo('a[href*="kind=embedded"]');
  await press('Enter');
  await page.waitForSelector('.monaco-editor .view-lines');
  expect((await stop('#name')).is, 'a new script does not begin at its name');
  await page.keyboard.type('by-keyboard');
  await tabTo('.monaco-editor *');
  await write("if (context.input.fails) throw new Error('as asked');\nreturn 1;");
  await press('Tab');
  expect((await stop('.monaco-editor *')).is, 'Tab leaves the editor though it indents there');
  await press('Control+Z');
  await press('Control+M');
  await press('Tab');
  expect(!(await stop('.monaco-editor *')).is, 'the editor holds the focus');
  await tabTo('#create', 'Shift+Tab');
  await press('Enter');
  await page.waitForURL(reached => reached.pathname === '/scripts/by-keyboard');

  // Changed, tried and published.
  await tabTo('a[href*="/scripts/by-keyboard/edit"]');
  await press('Enter');
  await page.waitForSelector('.monaco-editor .view-lines');
  await tabTo('.monaco-editor *');
  await write("if (context.input?.fails) throw new Error('as asked');\nreturn 2;");
  await press('Control+Enter');
  await page.waitForSelector('#try-result >> text=Completed');
  await press('Control+S');
  await page.waitForSelector('text=/Draft saved/');
  await press('Control+M');
  await tabTo('#publish', 'Shift+Tab');
  await press('Enter');
  await page.waitForSelector('#publish-dialog[open]');
  await page.waitForSelector('#publish-go:not([disabled])');
  await tabTo('#publish-go');
  await press('Enter');
  await page.waitForURL(reached => reached.pathname === '/scripts/by-keyboard');
  await page.waitForSelector('text=version 2');

  // A dialog begins at what changes nothing, ends by Escape and gives the focus back.
  await tabTo('[data-dialog=disable]');
  await press('Enter');
  await page.waitForSelector('#disable[open]');
  expect((await stop('#disable [data-close]')).is, 'the dialog does not begin at what changes nothing');
  await press('Escape');
  await page.waitForSelector('#disable:not([open])', { state: 'attached' });
  expect((await stop('[data-dialog=disable]')).is, 'the dialog does not give the focus back');

  // What failed is found, opened and run again.
  const failed = await page.request.post(`${url}/api/v1/scripts/by-keyboard/invoke`, { headers, data: { input: { fails: true } } });
  const { id } = await failed.json();
  await page.waitForTimeout(500);
  await page.goto(at('/executions'));
  await tabTo(`a[href*="${id}"]`);
  await press('Enter');
  await page.waitForURL(reached => reached.pathname === `/executions/${id}`);
  await tabTo('[data-dialog=replay]');
  await press('Enter');
  await page.waitForSelector('#replay[open]');
  await tabTo('#replay [type=submit]');
  await press('Enter');
  await page.waitForURL(reached => reached.pathname.startsWith('/executions/') && !reached.pathname.endsWith(id));
  await page.waitForSelector('.headline >> text=Failed');
});
