// What a page shows in another language and in another time zone than the server's.
import { at, expect, tenant, url, withBrowser } from './browser.js';

const headers = { authorization: `Bearer ${process.env.SANDBOX_TOKEN}`, ...(tenant ? { 'x-tenant': tenant } : {}) };

await withBrowser(async open => {
  // Texts of the scripts are those that the page carries.
  const page = await open();
  const texts = JSON.stringify({ 'Theme: light': 'Тема: светлая', 'Execution {0}': 'Запуск {0}', Executions: 'Запуски' });
  await page.route(at('/scripts'), async route => {
    const answer = await route.fetch();
    const body = (await answer.text()).replace('</body>', `<script type="application/json" id="words">${texts}</script></body>`);
    await route.fulfill({ response: answer, body });
  });
  await page.goto(at('/scripts'));
  await page.click('[data-theme-switch]');
  await page.waitForSelector('#toasts >> text=Тема: светлая');
  await page.click('[data-theme-switch]');
  await page.waitForSelector('#toasts >> text=Theme: dark');
  await page.keyboard.press('Control+k');
  await page.fill('#palette-text', '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee');
  await page.waitForSelector('#palette-list >> text=Запуск 0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee');

  // Times are on the clock of the browser, and in UTC where that is chosen.
  const made = await page.request.post(`${url}/api/v1/scripts`, { headers, data: { name: 'timed', kind: 'embedded', source: 'return 1' } });
  expect(made.ok(), `the script was not made: ${await made.text()}`);
  const ran = await page.request.post(`${url}/api/v1/scripts/timed/invoke`, { headers, data: {} });
  const { id, created_at: created } = (await (await page.request.get(`${url}/api/v1/executions/${ran.headers()['x-execution-id']}`, { headers })).json());
  const clock = zone => new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 }).format(new Date(created));
  const there = await open({ timezoneId: 'Asia/Kabul' });
  await there.goto(at('/scripts'));
  await there.goto(at(`/executions/${id}`));
  const time = there.locator('.facts time').first();
  const shows = async (zone, name, sign) => {
    await there.waitForSelector(`.zone:text-is("${name}")`);
    const [text, title] = [await time.textContent(), await time.getAttribute('title')];
    expect(text.endsWith(clock(zone)), `${text} is not ${clock(zone)} in ${zone}`);
    expect(title.endsWith(sign), `${title} does not name its zone`);
  };
  await shows('Asia/Kabul', 'Times are in Kabul, UTC+4:30', ' +04:30 Asia/Kabul');
  await there.click('.zone');
  await shows('UTC', 'Times are in UTC', ' UTC');
  await there.reload();
  await shows('UTC', 'Times are in UTC', ' UTC');
  await there.click('.zone');
  await shows('Asia/Kabul', 'Times are in Kabul, UTC+4:30', ' +04:30 Asia/Kabul');
});
