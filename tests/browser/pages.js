// Every page in both themes, wide and on a phone: accessible, within its width, quiet on the console, asking nobody else. What strangers wrote stays text.
import { at, check, expect, tenant, url, withBrowser } from './browser.js';

const headers = { authorization: `Bearer ${process.env.SANDBOX_TOKEN}`, ...(tenant ? { 'x-tenant': tenant } : {}) };
const hostile = '<script>window.struck = true</script><img src=x onerror="window.struck = true">\u202e\u0000\u001b[31m';

await withBrowser(async open => {
  const first = await open();
  const send = async (path, data) => {
    const answer = await first.request.post(`${url}/api/v1${path}`, { headers, data });
    expect(answer.ok(), `${path} answered ${await answer.text()}`);
    return answer.json();
  };
  await send('/scripts', { name: 'hostile', kind: 'embedded', description: hostile.replaceAll('\u0000', ''), source: `console.warn(${JSON.stringify(hostile)}.repeat(50)); throw new Error(${JSON.stringify(hostile)});` });
  const execution = await send('/scripts/hostile/invoke', { input: { [hostile]: hostile, long: hostile.repeat(200_000 / hostile.length) } });
  await send('/scripts', { name: 'long', kind: 'embedded', source: `const line = ${JSON.stringify(hostile)}.repeat(${Math.ceil(200_000 / hostile.length)}); console.log(line); return { line, list: [line] };` });
  const long = await send('/scripts/long/invoke', { input: null });
  expect(long.status === 'completed', `the long lines ended as ${JSON.stringify(long.error)}`);
  await first.waitForTimeout(500);
  const second = { source: `console.warn(${JSON.stringify(hostile)}.repeat(50));\nthrow new Error(${JSON.stringify(hostile)});` };
  expect((await first.request.patch(`${url}/api/v1/scripts/hostile`, { headers, data: second })).ok(), 'there is no second version');
  await send('/scripts', { name: 'dying', kind: 'oneoff', source: `throw new Error(${JSON.stringify(hostile)});`, retry: { attempts: 1 } });
  await send('/scripts/dying/executions', { input: { [hostile]: hostile } });
  const waiting = await send('/scripts/dying/executions', { input: null, run_at: new Date(Date.now() + 3_600_000).toISOString() });
  let letter;
  while (!letter) letter = (await (await first.request.get(`${url}/api/v1/dead-letters`, { headers })).json()).items[0];
  for (const [path, data] of Object.entries({
    '/secrets/crm-key': { value: 'a value that nobody sees' },
    '/connections/crm': { type: 'basic', hosts: ['api.example.com'], username: 'ann', password: 'a value that nobody sees' },
    '/entities/goods': { table: 'demo.products', key: 'sku', fields: { sku: { read: true, write: false } }, operations: ['read'] },
  })) expect((await first.request.put(`${url}/api/v1${path}`, { headers, data })).ok(), `${path} was not made`);
  const pages = {
    overview: '/', scripts: '/scripts', script: '/scripts/hostile', code: '/scripts/hostile/code', compare: '/scripts/hostile/versions/2', new: '/scripts/new', edit: '/scripts/hostile/edit', executions: '/executions', execution: `/executions/${execution.id}`, waiting: `/executions/${waiting.id}`,
    letters: '/dead-letters', letter: `/dead-letters/${letter.id}`, secrets: '/settings/secrets', connections: '/settings/connections',
    connection: '/settings/connections/edit?type=oauth2', entities: '/settings/entities', entity: '/settings/entities/edit?name=goods', choice: '/settings/entities/new', table: '/settings/entities/new?table=demo.orders', email: '/settings/email', limits: '/settings/limits', history: '/settings/history',
    errors: '/errors', members: '/members', tokens: '/tokens', audit: '/audit', account: '/account', tenants: '/tenants', missing: '/executions/00000000-0000-7000-8000-000000000000',
  };
  // Lines of 200 KB stay within their panels, and are text as any other.
  for (const width of [1440, 390]) {
    const page = await open({ viewport: { width, height: 900 } });
    await page.goto(at(`/executions/${long.id}`));
    await page.waitForSelector('.log >> text=/<script>window.struck/');
    expect(await page.evaluate(() => window.struck === undefined), "a long line's markup ran");
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), `long lines scroll the page sideways at ${width} pixels`);
    await page.context().close();
  }

  // Both themes and both widths; every pair of them where it is asked for.
  for (const colorScheme of ['light', 'dark']) {
    for (const width of process.env.EVERY_PAIR ? [1440, 834, 390, 320] : [colorScheme === 'light' ? 1440 : 390]) {
      const page = await open({ colorScheme, viewport: { width, height: 900 } });
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(at(path));
        if (['edit', 'code', 'compare'].includes(name) && width > 700) await page.waitForSelector('.monaco-editor .view-lines');
        await check(page, `${name}-${colorScheme}-${width}`);
        expect(await page.evaluate(() => window.struck === undefined), `${name}: a stranger's markup ran`);
      }

      await page.context().close();
    }
  }

  // The palette, by keyboard alone.
  const page = await open();
  await page.goto(at('/executions'));
  await page.keyboard.press('Control+k');
  await page.keyboard.type('hostile');
  await page.waitForSelector('#palette [role=option][aria-selected=true] >> text=hostile');
  await check(page, 'palette');
  await page.keyboard.press('Enter');
  await page.waitForURL(reached => reached.pathname === '/scripts/hostile');

  // A secret is set under the name that is typed, and deleted by typing it again.
  await page.goto(at('/settings/secrets'));
  await page.click('[data-dialog=create]');
  await page.fill('#create-name', 'typed-key');
  await page.fill('#create-value', 'a value that nobody sees');
  await page.click('#create [type=submit]');
  await page.click('[data-dialog=delete-typed-key]');
  expect(await page.isDisabled('#delete-typed-key [type=submit]'), 'a secret can be deleted without its name');
  await check(page, 'secret-delete');
  await page.fill('#delete-typed-typed-key', 'typed-key');
  await page.click('#delete-typed-key [type=submit]');
  await page.waitForSelector('text=The secret was deleted');
  expect(await page.locator('[data-dialog=delete-typed-key]').count() === 0, 'the deleted secret is still listed');

  // What is wrong with an entity is said beside its field; a connection is stored with the fields of its type.
  await page.goto(at('/settings/entities/new?q=demo.orders'));
  await page.click('text=demo.orders');
  await page.fill('#name', 'typed');
  await page.uncheck('[data-key=id][value=read]');
  await page.check('[data-key=number][value=read]');
  await page.click('main form[data-api] [type=submit]');
  await page.waitForSelector('#key-wrong');
  await check(page, 'entity-wrong');
  await page.check('[data-key=id][value=read]');
  await page.click('main form[data-api] [type=submit]');
  await page.waitForSelector('text=The entity was stored');
  await page.goto(at('/settings/connections/edit?type=header'));
  await page.fill('#name', 'typed');
  await page.fill('#hosts', 'a.example.com, b.example.com');
  await page.fill('#header', 'X-Key');
  await page.fill('#value', 'a value that nobody sees');
  await page.click('main [type=submit]');
  await page.waitForSelector('text=a.example.com, b.example.com');

  // A dead letter is run again.
  await page.goto(at(`/dead-letters/${letter.id}`));
  await page.click('[data-dialog=replay]');
  await check(page, 'letter-replay');
  await page.click('#replay [type=submit]');
  await page.waitForSelector('.headline >> text=Replayed');
});
