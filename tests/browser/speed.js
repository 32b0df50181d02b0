// Prints how soon each page paints and what is transferred for it: with an empty cache, and again with a full one. Every page is opened once
// before any is measured, as for every reader but the first after a start.
//   SCRIPT     name of a script that has run
//   EXECUTION  id of an execution
import { at, withBrowser } from './browser.js';

const { SCRIPT: script, EXECUTION: execution } = process.env;
const pages = {
  overview: '/', scripts: '/scripts', 'scripts, found': '/scripts?text=12', script: `/scripts/${script}`, new: '/scripts/new', edit: `/scripts/${script}/edit`,
  executions: '/executions', 'executions, failed': '/executions?status=failed', 'executions, of a script': `/executions?script=${script}`, 'executions, all': '/executions?range=all', execution: `/executions/${execution}`,
  errors: '/errors', 'dead letters': '/dead-letters', secrets: '/settings/secrets', entities: '/settings/entities', limits: '/settings/limits',
  members: '/members', tokens: '/tokens', audit: '/audit', account: '/account',
};
const RUNS = 7;
// A reader's browser stands open: what it does to start a tab is not the page's time.
const IDLE_MS = 300;
const middle = values => values.toSorted((a, b) => a - b)[values.length >> 1];

await withBrowser(async open => {
  const figures = page => page.evaluate(async () => {
    const painted = await new Promise(told => new PerformanceObserver(list => list.getEntriesByName('first-contentful-paint').forEach(told)).observe({ type: 'paint', buffered: true }));
    const [document] = performance.getEntriesByType('navigation');
    const sent = [document, ...performance.getEntriesByType('resource')].reduce((sum, one) => sum + one.transferSize, 0);
    return { paint: painted.startTime, server: document.responseStart - document.requestStart, document: document.transferSize, sent };
  });
  const first = await open();
  for (const path of Object.values(pages)) await first.goto(at(path), { waitUntil: 'load' });
  await first.context().close();
  console.log('page                       paint   (server)   again   document   transferred   again');
  for (const [name, path] of Object.entries(pages)) {
    const cold = [];
    const warm = [];
    for (let run = 0; run < RUNS; run++) {
      const page = await open();
      for (const into of [cold, warm]) {
        await page.goto('about:blank');
        await page.waitForTimeout(IDLE_MS);
        await page.goto(at(path), { waitUntil: 'load' });
        into.push(await figures(page));
      }

      await page.context().close();
    }

    const of = (runs, key) => middle(runs.map(run => run[key]));
    const ms = value => `${value.toFixed(0)} ms`.padStart(8);
    const kb = value => `${(value / 1024).toFixed(1)} KB`.padStart(11);
    console.log(`${name.padEnd(24)}${ms(of(cold, 'paint'))} ${ms(of(cold, 'server'))} ${ms(of(warm, 'paint'))} ${kb(of(cold, 'document'))} ${kb(of(cold, 'sent'))} ${kb(of(warm, 'sent'))}`);
  }

  // The editor, with a full cache: when the plain text area is there, the code editor, and its first mark on a mistake.
  const runs = [];
  for (let run = 0; run <= RUNS; run++) {
    const page = await open();
    await page.goto(at(pages.edit));
    await page.waitForSelector('.monaco-editor .view-lines');
    const { painted, opened } = await page.goto(at(pages.edit), { waitUntil: 'commit' }).then(() => page.evaluate(async () => {
      const until = async selector => {
        while (!document.querySelector(selector)) await new Promise(requestAnimationFrame);
        return performance.now();
      };
      return { painted: await until('#source'), opened: await until('.monaco-editor .view-lines .view-line') };
    }));
    await page.click('.monaco-editor .view-lines');
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText('return sdk.db.gett("clients", 1;');
    await page.waitForSelector('.squiggly-error');
    runs.push({ painted, opened, marked: await page.evaluate(() => performance.now()) });
    await page.context().close();
  }

  // The first run fills no cache that the others have, but starts the browser's code.
  const of = key => middle(runs.slice(1).map(run => run[key])).toFixed(0);
  console.log(`editor, warm: text area ${of('painted')} ms, code editor ${of('opened')} ms, a mistake typed at once is marked ${of('marked')} ms after the page was asked for`);
});
