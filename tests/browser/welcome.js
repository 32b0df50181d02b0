// From the set-up link alone: the first account, its sign-in, the second step with an app and with a recovery code, and a page that is come back to.
import { createHmac } from 'node:crypto';
import { check, expect, url, withBrowser } from './browser.js';

const person = { email: 'first@example.com', name: 'Ann First', password: 'a password that nobody guesses' };

/** The code of RFC 6238 for a secret in base32, so many steps from now. */
function codeOf(secret, ahead = 0) {
  const bits = [...secret].map(letter => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map(byte => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const hash = createHmac('sha1', key).update(step).digest();
  return String((hash.readUInt32BE(hash.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function signIn(page, from, password = person.password) {
  await page.context().clearCookies();
  await page.goto(`${url}${from}`);
  expect(new URL(page.url()).pathname === '/signin', 'a page is open without a session');
  await page.fill('#email', person.email);
  await page.fill('#password', password);
  await page.click('button.primary');
}

async function confirm(page, code) {
  await page.waitForSelector('#code');
  await page.fill('#code', code);
  await page.click('button.primary');
}

await withBrowser(async open => {
  const page = await open();
  await page.context().clearCookies();
  await page.goto(`${url}${new URL(process.env.SANDBOX_SETUP_URL).pathname}`);
  await check(page, 'set-up');
  await page.fill('#email', person.email);
  await page.fill('#name', person.name);
  await page.fill('#password', person.password);
  await page.click('text=Make the account');
  await page.waitForURL(reached => !reached.pathname.startsWith('/setup'));

  await signIn(page, '/account', 'another password, which is wrong');
  await page.waitForSelector('[role=alert]');
  expect(await page.inputValue('#email') === person.email, 'what was typed is lost');
  await check(page, 'signin-wrong');
  await page.fill('#password', person.password);
  await page.click('button.primary');
  await page.waitForURL(reached => reached.pathname === '/account');

  await page.click('[data-dialog=totp-begin]');
  await page.fill('#begin-password', person.password);
  await page.click('#totp-begin [type=submit]');
  await page.waitForSelector('#totp-scan[open]');
  await check(page, 'two-step-scan');
  const secret = (await page.innerText('#totp-secret')).replaceAll(' ', '');
  await page.fill('#confirm-code', codeOf(secret, -1));
  await page.click('#totp-scan [type=submit]');
  await page.waitForSelector('#recovery[open]');
  await check(page, 'recovery-codes');
  const [recovery] = (await page.innerText('#recovery-codes')).trim().split(/\s+/);
  await page.click('#recovery [data-close]');
  await page.waitForSelector('text=Recovery codes left');

  // The step that switched it on is used up; the next one signs in, once.
  await signIn(page, '/tenants');
  await page.waitForSelector('#code');
  await check(page, 'signin-code');
  const code = codeOf(secret);
  await confirm(page, code);
  await page.waitForURL(reached => reached.pathname === '/tenants');
  await signIn(page, '/tenants');
  await confirm(page, code);
  await page.waitForSelector('[role=alert]');
  await confirm(page, recovery);
  await page.waitForURL(reached => reached.pathname === '/tenants');
  await page.goto(`${url}/account`);
  expect((await page.innerText('.two-step')).includes('9'), 'a recovery code that was used is still counted');
});
