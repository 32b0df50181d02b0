// Two people at the same script: who writes is seen, a publish that lost the race shows both sides and loses nothing. A viewer and an operator
// see and can do only theirs, also by crafted requests.
import { at, checkState, expect, openAs, tenant, url, withBrowser } from './browser.js';

const headers = { authorization: `Bearer ${process.env.SANDBOX_TOKEN}`, ...(tenant ? { 'x-tenant': tenant } : {}) };
const ROLES = {
  developer: ['scripts.read', 'scripts.create', 'scripts.update', 'scripts.publish', 'scripts.execute', 'executions.read'],
  operator: ['scripts.read', 'scripts.execute', 'executions.read', 'executions.cancel', 'executions.replay'],
  viewer: ['scripts.read', 'executions.read'],
};

async function write(page, text) {
  await page.waitForSelector('.monaco-editor .view-lines');
  await page.click('.monaco-editor .view-lines');
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
  await page.waitForSelector('#draft-state >> text=/Draft saved/');
}

await withBrowser(async open => {
  const first = await open();
  const post = async (path, data) => {
    const answer = await first.request.post(`${url}/api/v1${path}`, { headers, data });
    expect(answer.ok(), `${path} answered ${await answer.text()}`);
    return answer.json();
  };
  const signedIn = async role => {
    const { token } = await post('/tokens', { name: role, permissions: ROLES[role] });
    return openAs(open, token);
  };
  await post('/scripts', { name: 'shared', kind: 'embedded', source: 'return 1;' });

  // Both write; the second one sees that the first has a draft.
  await first.goto(at('/scripts/shared/edit'));
  await write(first, 'return "first";');
  const second = await signedIn('developer');
  await second.goto(`${url}/scripts/shared/edit`);
  await second.waitForSelector('.presence >> text=/has a draft from/');
  await write(second, 'return "second";');
  await second.click('#publish');
  await second.waitForSelector('.diff-holder .monaco-diff-editor');
  await second.click('#publish-go');
  await second.waitForURL(reached => reached.pathname === '/scripts/shared');
  await second.waitForSelector('.headline >> text=version 2');

  // The first one publishes over it only after both sides were shown.
  await first.click('#publish');
  await first.waitForSelector('#publish-body >> text=/Version 2 went live while you were editing on top of version 1/');
  await first.waitForSelector('.diff-holder .original >> text=return "second";');
  await first.waitForSelector('.diff-holder .modified >> text=return "first";');
  await checkState(first, 'state-stale');
  await first.click('#publish-go');
  await first.waitForURL(reached => reached.pathname === '/scripts/shared');
  await first.waitForSelector('.headline >> text=version 3');

  // An operator runs, pauses nothing and writes nothing.
  const execution = await post('/scripts/shared/invoke', { input: {} });
  const operator = await signedIn('operator');
  await operator.goto(`${url}/executions/${execution.id}`);
  await operator.waitForSelector('button:has-text("Run again")');
  await operator.goto(`${url}/scripts/shared`);
  await operator.waitForSelector('.headline');
  const offered = (page, word) => page.locator(`main :is(a, button):text-is("${word}")`).count();
  for (const word of ['Edit', 'Pause', 'Disable…', 'Roll back to this', 'Delete…']) {
    expect(await offered(first, word) > 0, `${word} is not called so any more`);
    expect(await offered(operator, word) === 0, `an operator sees ${word}`);
  }

  // A viewer reads.
  const viewer = await signedIn('viewer');
  await viewer.goto(`${url}/executions/${execution.id}`);
  await viewer.waitForSelector('.headline');
  expect(await viewer.locator('button:has-text("Run again")').count() === 0, 'a viewer sees Run again');
  await viewer.goto(`${url}/scripts`);
  expect(await viewer.locator('text=New script').count() === 0, 'a viewer sees New script');
  expect(await viewer.locator('.nav a[href^="/members"], .nav a[href^="/settings"], .nav a[href^="/audit"]').count() === 0, 'a viewer sees the administration');
  for (const path of ['/scripts/new', '/scripts/shared/edit', '/members', '/tokens', '/audit', '/settings/secrets', '/settings/entities', '/tenants']) {
    const answer = await viewer.goto(`${url}${path}`);
    expect([403, 404].includes(answer.status()), `${path} answered ${answer.status()} to a viewer`);
  }

  // What their pages do not offer is refused where it is asked for with their session all the same.
  await viewer.goto(`${url}/scripts`);
  await operator.goto(`${url}/scripts`);
  const asks = (page, method, path, body) => page.evaluate(
    async ([verb, where, sent]) => (await fetch(`/api/v1${where}`, { method: verb, headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent) })).status,
    [method, path, body]);
  const writes = [
    ['PATCH', '/scripts/shared', { source: 'return 2;' }], ['POST', '/scripts/shared/rollback', { version: 1 }], ['POST', '/scripts/shared/pause', {}],
    ['DELETE', '/scripts/shared', {}], ['PUT', '/scripts/shared/draft', { source: 'return 2;' }], ['PUT', '/secrets/a', { value: 'b' }], ['POST', '/tokens', { name: 'x', permissions: [] }],
  ];
  for (const [method, path, body] of writes) {
    expect(await asks(operator, method, path, body) === 403, `${method} ${path} was not refused to an operator`);
    expect(await asks(viewer, method, path, body) === 403, `${method} ${path} was not refused to a viewer`);
  }

  expect(await asks(viewer, 'POST', `/executions/${execution.id}/replay`, {}) === 403, 'a viewer replays');
  expect(await asks(viewer, 'POST', '/scripts/shared/invoke', { input: {} }) === 403, 'a viewer runs');
  expect(await asks(operator, 'POST', `/executions/${execution.id}/replay`, {}) === 202, 'an operator does not replay');
});
