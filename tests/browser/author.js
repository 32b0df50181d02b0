// From nothing to a script that is live: written, a mistake marked on its line, mended, tried, published, called, failed, understood, run again, rolled back.
import { at, checkState, expect, tenant, url, withBrowser } from './browser.js';

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
  await checkState(page, 'state-mistake');

  await write(page, 'const { query } = context.trigger.httpRequest;\nif (query.name === "nobody") throw new Error("nobody has no name");\nreturn { hello: query.name ?? "world" };');
  await page.waitForFunction(() => document.querySelector('#problems').children.length === 0);
  await page.fill('#try-request', '{"query": {"name": "Ann"}}');
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('#try-result >> text=Completed');
  expect((await page.innerText('#try-result')).includes('"hello": "Ann"'), 'the try shows its output');

  await checkState(page, 'state-tried');
  await page.fill('#name', 'Not A Name');
  await page.click('#create');
  await page.waitForSelector('#name[aria-invalid=true]');
  await checkState(page, 'state-refused');
  await page.fill('#name', name);
  await page.fill('#path', '/written');
  // What belongs to a choice is there once that is made, and is sent with it alone.
  expect(await page.isHidden('#provider'), 'a webhook is asked for though a token signs');
  await page.selectOption('#auth', 'webhook');
  await page.selectOption('#provider', 'github');
  await page.selectOption('#auth', 'token');
  expect(await page.isHidden('#provider'), 'a webhook is asked for after it was not chosen');
  await page.check('#cors-on');
  await page.fill('#origins', 'https://shop.example.com, https://pos.example.com');
  await checkState(page, 'state-cors');
  await page.click('#create');
  await page.waitForURL(reached => reached.pathname === `/scripts/${name}`);
  await page.waitForSelector('text=/curl/');
  const headers = { authorization: `Bearer ${process.env.SANDBOX_TOKEN}`, ...(tenant ? { 'x-tenant': tenant } : {}) };
  const { trigger, retry } = await (await page.request.get(`${url}/api/v1/scripts/${name}`, { headers })).json();
  expect(trigger.cors.origins.join() === 'https://shop.example.com,https://pos.example.com' && !trigger.cors.credentials, `its CORS is ${JSON.stringify(trigger.cors)}`);
  expect(trigger.auth === 'token' && !trigger.webhook && !retry, `it has ${JSON.stringify({ trigger, retry })}`);

  // A signed webhook and retries, in the editor; what is wrong is said at its field.
  await page.click('a[href*="/edit"]');
  await page.waitForSelector('.monaco-editor .view-lines');
  expect(await page.isChecked('#cors-on') && await page.inputValue('#origins') === 'https://shop.example.com, https://pos.example.com', 'the editor forgot the origins');
  await page.selectOption('#auth', 'webhook');
  await page.waitForSelector('#problems >> text=/trigger\\.webhook/');
  await page.selectOption('#auth', 'token');
  await page.uncheck('#cors-on');
  await page.click('summary:has-text("Retries")');
  await page.fill('#attempts', '3');
  await page.fill('#backoff', '500');
  await page.waitForSelector('#draft-state >> text=/Draft saved/');
  const draft = await (await page.request.get(`${url}/api/v1/scripts/${name}/draft`, { headers })).json();
  expect(draft.retry.attempts === 3 && draft.retry.backoff_ms === 500 && !draft.trigger.cors && !draft.trigger.webhook, `the draft has ${JSON.stringify(draft.trigger)}, ${JSON.stringify(draft.retry)}`);
  await page.click('#discard');
  await page.click('#discard-go');
  await page.waitForSelector('#draft-state >> text=/No draft/');
  await page.goto(at(`/scripts/${name}`));

  // What is tried is saved as an example; a schema gives an input, and its type.
  await page.click('a[href*="/edit"]');
  await page.waitForSelector('.monaco-editor .view-lines');
  await page.fill('#try-request', '{"query": {"name": "Bea"}}');
  await page.click('#try');
  await page.waitForSelector('#example-save:not([hidden])');
  await page.fill('#example-name', 'greets-bea');
  await page.click('#example-keep');
  await page.waitForSelector('#example-saved >> text=/Saved as greets-bea/');
  await page.click('#examples summary');
  await page.click('#examples-run');
  await page.waitForSelector('#example-list >> text=same result');
  await page.fill('#try-request', '');
  await page.selectOption('#try-from', 'example:greets-bea');
  expect((await page.inputValue('#try-request')).includes('Bea'), 'an example fills the request');
  await page.click('#example-keep');
  await page.waitForSelector('#example-dialog[open] >> text=/Replace the example greets-bea/');
  await checkState(page, 'state-example');
  await page.click('#example-dialog [data-close]');
  await page.click('summary:has-text("Input")');
  await page.fill('#schema', '{"type": "object", "required": ["amount"], "properties": {"amount": {"type": "integer", "minimum": 3}}}');
  await page.selectOption('#try-from', 'generated');
  expect(JSON.parse(await page.inputValue('#try-input')).amount === 3, 'the input is generated from the schema');
  await write(page, 'const text = context.input.amount.toUpperCase();\nreturn text;');
  await page.waitForFunction(() => document.querySelectorAll('.squiggly-error').length > 0);
  await page.fill('#schema', '');
  await page.waitForFunction(() => document.querySelectorAll('.squiggly-error').length === 0);

  // A draft keeps itself and survives a reload.
  await write(page, 'const { query } = context.trigger.httpRequest;\nconst client = await sdk.db.get("clients", 1);\nif (!client) throw new Error("client 1 is not there");\nreturn { hello: client.name, asked: query.name };');
  await page.waitForSelector('#draft-state >> text=/Draft saved/');
  await page.reload();
  await page.waitForSelector('.monaco-editor .view-lines');
  expect((await page.inputValue('#source')).includes('client 1 is not there'), 'the draft is there after a reload');

  await page.click('#publish');
  await page.waitForSelector('#publish-body >> text=/may now/');
  await page.waitForSelector('.diff-holder .monaco-diff-editor');

  // The example gives another result with this draft; that is told, and publishing waits for nobody.
  await page.waitForSelector('#publish-examples >> text=Examples that give another result than before: 1 of 1.');
  expect((await page.innerText('#publish-examples')).includes('greets-bea'), 'the example is named');
  expect(await page.isEnabled('#publish-go'), 'a warning is no hindrance');
  await checkState(page, 'state-publish');
  await page.click('#publish-examples button');
  await page.waitForSelector('#publish-examples >> text=The new results are what is expected now');
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
  await checkState(page, 'state-roll-back');
  await page.click('dialog[open] button.primary, dialog[open] button[type=submit]');
  await page.waitForSelector('.headline >> text=version 3');
  expect((await page.innerText('.source')).includes('nobody has no name'), 'the code of version 1 is live again');
});
