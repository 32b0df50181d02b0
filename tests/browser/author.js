// From nothing to a script that is live: written, a mistake marked on its line, mended, tried, published, called, failed, understood, run again, rolled back.
import { at, expect, tenant, url, withBrowser } from './browser.js';

const name = 'written-here';

async function write(page, text) {
  await page.click('.monaco-editor .view-lines');
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
}

await withBrowser(async open => {
  const page = await open();
  await page.goto(at('/scripts'));
  await page.click('text=New script');
  await page.click('a[href*="kind=http"]');
  await page.waitForSelector('.monaco-editor .view-lines');

  // A mistake is marked by the server on its line, and by the editor where sdk has no such call.
  await write(page, 'const a = 1;\nreturn sdk.db.gett("clients", 1;');
  await page.waitForSelector('#problems >> text=Line 2');
  await page.waitForFunction(() => document.querySelectorAll('.squiggly-error').length > 0);

  await write(page, 'const { query } = context.trigger.httpRequest;\nif (query.name === "nobody") throw new Error("nobody has no name");\nreturn { hello: query.name ?? "world" };');
  await page.waitForFunction(() => document.querySelector('#problems').children.length === 0);
  await page.fill('#try-request', '{"query": {"name": "Ann"}}');
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('#try-result >> text=Completed');
  expect((await page.innerText('#try-result')).includes('"hello": "Ann"'), 'the try shows its output');

  await page.fill('#name', 'Not A Name');
  await page.click('#create');
  await page.waitForSelector('#name[aria-invalid=true]');
  await page.fill('#name', name);
  await page.fill('#path', '/written');
  await page.click('#create');
  await page.waitForURL(reached => reached.pathname === `/scripts/${name}`);
  await page.waitForSelector('text=/curl/');

  // A draft keeps itself and survives a reload.
  await page.click('a[href*="/edit"]');
  await page.waitForSelector('.monaco-editor .view-lines');
  await write(page, 'const { query } = context.trigger.httpRequest;\nconst client = await sdk.db.get("clients", 1);\nif (!client) throw new Error("client 1 is not there");\nreturn { hello: client.name, asked: query.name };');
  await page.waitForSelector('#draft-state >> text=/Draft saved/');
  await page.reload();
  await page.waitForSelector('.monaco-editor .view-lines');
  expect((await page.inputValue('#source')).includes('client 1 is not there'), 'the draft is there after a reload');

  await page.click('#publish');
  await page.waitForSelector('#publish-body >> text=/may now/');
  await page.waitForSelector('.diff-holder .monaco-diff-editor');
  await page.fill('#publish-message', 'Greets a client');
  await page.click('#publish-go');
  await page.waitForURL(reached => reached.pathname === `/scripts/${name}`);
  await page.waitForSelector('text=Greets a client');

  // Called, it fails: this tenant has no such data. The failure says where.
  const called = await page.request.post(`${url}/api/v1/scripts/${name}/invoke`, { headers: { authorization: `Bearer ${process.env.SANDBOX_TOKEN}`, ...(tenant ? { 'x-tenant': tenant } : {}) }, data: { input: null } });
  const execution = await called.json();
  expect(execution.status === 'failed', `it failed: ${JSON.stringify(execution)}`);
  await page.goto(at(`/executions/${execution.id}`));
  await page.waitForSelector('.outcome');
  expect(await page.locator('.source .failing').count() > 0, 'the failing line is marked');

  // Rolled back, version 3 is what version 1 was.
  await page.goto(at(`/scripts/${name}`));
  await page.click('button:has-text("Roll back")');
  await page.click('dialog[open] button.primary, dialog[open] button[type=submit]');
  await page.waitForSelector('.headline >> text=version 3');
  expect((await page.innerText('.source')).includes('nobody has no name'), 'the code of version 1 is live again');
});
