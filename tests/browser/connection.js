// A connection that is lost: one line says so on a page that is followed and on a list, goes away by itself, and the page shows what came
// meanwhile. A session that ended says how to come back to this very page.
import { at, check, expect, faults, tenant, url, withBrowser } from './browser.js';

const headers = { authorization: `Bearer ${process.env.SANDBOX_TOKEN}`, ...(tenant ? { 'x-tenant': tenant } : {}) };
const AWAY = '#connection >> text=The server is not reached. What you see may be old; it is tried again.';
const BACK = '#connection >> text=Connected again.';
const LOST = /ERR_INTERNET_DISCONNECTED|status of 503/;

await withBrowser(async open => {
  const page = await open();
  const send = async (path, data) => {
    const answer = await page.request.post(`${url}/api/v1${path}`, { headers, data });
    expect(answer.ok(), `${path} answered ${await answer.text()}`);
    return answer.json();
  };
  const quiet = () => page.waitForFunction(() => document.getElementById('connection').textContent === '');
  const runs = async () => {
    const { id } = await send('/scripts/waits/executions', {});
    await page.goto(at(`/executions/${id}`));
    await page.waitForSelector('.headline >> text=Running');
    return id;
  };
  await send('/scripts', { name: 'waits', kind: 'oneoff', source: 'await new Promise(() => {});', limits: { timeout_ms: 120_000 } });

  // The browser is offline, and knows it.
  const first = await runs();
  expect(await page.textContent('#connection') === '', 'something is said of a connection that is well');
  await page.context().setOffline(true);
  await page.waitForSelector(AWAY);
  await check(page, 'connection-away');
  await send(`/executions/${first}/cancel`, {});
  expect(await page.locator('.headline >> text=Running').count() === 1, 'the page followed though it is offline');
  await page.context().setOffline(false);
  await page.waitForSelector(BACK);
  await page.waitForSelector('.headline >> text=Cancelled');
  await quiet();

  // The network is there, the server is not.
  const refuse = route => route.fulfill({ status: 503, contentType: 'text/plain', body: 'away' });
  const second = await runs();
  await page.context().route('**/executions/**', refuse);
  await page.waitForSelector(AWAY);
  await send(`/executions/${second}/cancel`, {});
  await page.context().unroute('**/executions/**', refuse);
  await page.waitForSelector(BACK);
  await page.waitForSelector('.headline >> text=Cancelled');

  await page.goto(at('/executions'));
  await page.waitForSelector('[data-execution]');
  await page.context().route('**/executions?**', refuse);
  await page.waitForSelector(AWAY);
  const third = await send('/scripts/waits/executions', {});
  await page.context().unroute('**/executions?**', refuse);
  await page.waitForSelector(BACK);
  await page.waitForSelector('[data-newer] >> text=Show 1 new');
  await quiet();

  // A page that may follow and does not asks too.
  await page.goto(at('/scripts/waits'));
  await page.click('#follow[aria-pressed="true"]');
  await page.context().setOffline(true);
  await page.waitForSelector(AWAY);
  await page.context().setOffline(false);
  await page.waitForSelector(BACK);
  await page.click('#follow');

  // A page that asks nothing in the background asks where the browser was offline.
  await page.goto(at('/scripts'));
  await page.context().setOffline(true);
  await page.waitForSelector(AWAY);
  await page.context().setOffline(false);
  await page.waitForSelector(BACK);

  // A draft that was not saved is saved once the server is back.
  await page.goto(at('/scripts/waits/edit'));
  await page.waitForSelector('.monaco-editor .view-lines');
  await page.context().route('**/draft', refuse);
  await page.click('.monaco-editor .view-lines');
  await page.keyboard.insertText('// A line more.\n');
  await page.waitForSelector(AWAY);
  await page.waitForSelector('#draft-state >> text=/kept in this browser/');
  await page.context().unroute('**/draft', refuse);
  await page.waitForSelector(BACK);
  await page.waitForSelector('#draft-state >> text=/Draft saved/');

  // The session ended: nothing is asked any more, and the link leads back here.
  await page.goto(at(`/executions/${third.id}`));
  await page.waitForSelector('.headline >> text=Running');
  await page.context().clearCookies();
  await page.waitForSelector('#connection >> text=Your session ended.');
  let asked = 0;
  page.on('request', () => asked++);
  await page.waitForTimeout(5000);
  expect(asked === 0, `a page whose session ended asked ${asked} times`);
  const here = page.url();
  await page.click('#connection a');
  await page.click('a[href*="by=token"]');
  await page.fill('#token', process.env.SANDBOX_TOKEN);
  await page.click('button.primary');
  await page.waitForURL(here);
  await page.waitForSelector('.headline >> text=Running');
  await send(`/executions/${third.id}/cancel`, {});

  // What the browser itself writes of a lost connection is no fault of a page.
  for (let i = faults.length - 1; i >= 0; i--) if (LOST.test(faults[i])) faults.splice(i, 1);
});
