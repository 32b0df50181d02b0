// A browser that is signed in, and what must never happen on any page. Told by the environment:
//   SANDBOX_URL      the pages
//   SANDBOX_TOKEN    of whom to sign in
//   SANDBOX_TENANT   where to act; empty: the token's own
//   SCREENSHOTS      a folder; empty: none are taken
import { chromium } from 'playwright-core';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export const url = process.env.SANDBOX_URL;
export const tenant = process.env.SANDBOX_TENANT ?? '';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export const faults = [];

export function expect(is, what) {
  if (!is) throw new Error(what);
}

/** A page's address in the tenant. */
export const at = path => `${url}${path}${tenant ? `${path.includes('?') ? '&' : '?'}tenant=${tenant}` : ''}`;

/** Opens a browser, signs in and does what is given; fails where a page said something on its console or asked another machine. */
export async function withBrowser(act) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const first = await browser.newContext();
    const page = await first.newPage();
    await page.goto(`${url}/signin?by=token`);
    await page.fill('#token', process.env.SANDBOX_TOKEN);
    await page.click('button.primary');
    await page.waitForURL(reached => !reached.pathname.startsWith('/signin'));
    const storageState = await first.storageState();
    await first.close();
    await act(options => open(browser, { storageState, ...options }));
  } finally {
    await browser.close();
  }

  if (faults.length > 0) throw new Error(faults.join('\n'));
}

async function open(browser, options) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('console', message => {
    // A refusal that the page shows is a line of the browser's own; a violation of the policy is one too, and stays.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) faults.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', error => faults.push(`${page.url()}: ${error.message}`));
  page.on('request', request => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) faults.push(`${page.url()} asked ${request.url()}`);
  });
  return page;
}

/** Accessibility, and that nothing but a table or code of its own scrolls sideways. */
export async function check(page, name) {
  const found = await page.evaluate(async ([source, rules]) => {
    // The page's policy forbids eval, and Playwright's own evaluation is not bound by it.
    (0, Function)(source)();
    const result = await window.axe.run(document, { runOnly: rules });
    return result.violations.map(one => `${one.id} at ${one.nodes.slice(0, 3).map(node => node.target.join(' ')).join(', ')}`);
  }, [axe, RULES]);
  for (const one of found) faults.push(`${name}: ${one}`);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (over > 0) faults.push(`${name}: the page scrolls sideways by ${over} pixels`);
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png`, fullPage: true });
}

/** A state of a page, in both themes. */
export async function checkState(page, name) {
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await check(page, `${name}-${colorScheme}`);
  }
}

/** Signs in by another token than the walk's own. */
export async function openAs(open, token) {
  const page = await open({ storageState: undefined });
  await page.goto(`${url}/signin?by=token`);
  await page.fill('#token', token);
  await page.click('button.primary');
  await page.waitForURL(reached => !reached.pathname.startsWith('/signin'));
  return page;
}
