// Code that is only read: a version and the difference of two in the code editor, which takes no key; plain text for whom would rather have that.
import { at, check, expect, tenant, url, withBrowser } from './browser.js';

const headers = { authorization: `Bearer ${process.env.SANDBOX_TOKEN}`, ...(tenant ? { 'x-tenant': tenant } : {}) };

await withBrowser(async open => {
  const page = await open();
  const made = await page.request.post(`${url}/api/v1/scripts`, { headers, data: { name: 'read', kind: 'embedded', source: 'const tax = 12;\nreturn tax;' } });
  expect(made.ok(), `the script was not made: ${await made.text()}`);
  const changed = await page.request.patch(`${url}/api/v1/scripts/read`, { headers, data: { source: 'const tax = 15;\nreturn tax;' } });
  expect(changed.ok(), `the script was not changed: ${await changed.text()}`);

  // The live version, from the script's own page.
  await page.goto(at('/scripts/read'));
  await page.click('text=Read it in the code editor');
  await page.waitForSelector('#viewer .view-lines >> text=const tax = 15;');
  expect(await page.locator('#viewer-text').isHidden(), 'the text shows beside the editor');
  await page.click('#viewer .view-lines');
  await page.keyboard.type('changed');
  expect(!(await page.textContent('#viewer .view-lines')).includes('changed'), 'it took what was typed');
  await check(page, 'code-read');

  // An older one from the list of versions, and what lies between the two.
  await page.goto(at('/scripts/read'));
  await page.click('#versions a:text-is("v1")');
  await page.waitForSelector('#viewer .view-lines >> text=const tax = 12;');
  await page.goto(at('/scripts/read/versions/2'));
  await page.waitForSelector('#viewer .original .view-lines >> text=const tax = 12;');
  await page.waitForSelector('#viewer .modified .view-lines >> text=const tax = 15;');
  await check(page, 'versions-compared');

  // Plain text is there at once for whom chose it, here and in the editor.
  await page.click('#plain');
  await page.waitForSelector('#viewer-text tr.added >> text=const tax = 15;');
  await page.reload();
  await page.waitForSelector('#plain:text-is("Code editor")');
  expect(await page.locator('#viewer').isHidden(), 'the editor opened though plain text was chosen');
  await page.goto(at('/scripts/read/edit'));
  await page.waitForSelector('#plain:text-is("Code editor")');
  await page.goto(at('/scripts/read/code'));
  await page.click('#plain');
  await page.waitForSelector('#viewer .view-lines >> text=const tax = 15;');
});
