// Follows a page that has no end: where the server says that something came, and else now and then, what it shows is renewed, and what came is said in one sentence, not too often. A switch stops it, here
// and on every page of its kind, until it is pressed again (WCAG 2.2.2). A list that is not followed says how many rows came since.
import { stream } from './api.js';
import { retryMs, wake, watch } from './connection.js';
import { remember, take } from './regions.js';

const EVERY_MS = 5000;
const SELDOM_MS = 30_000;
const SELDOM_AFTER_MS = 300_000;
const SAID_EVERY_MS = 15_000;
const FAILED = ['failed', 'timeout'];

const button = document.getElementById('follow');
const said = document.getElementById('follow-said');
const pill = document.querySelector('[data-newer]');
const version = document.querySelector('[data-version]');
const known = new Set();
const failed = new Set();
let changedAt = performance.now();
let saidAt = -Infinity;
let unsaid = { newer: 0, failed: 0, isLeast: false };

const key = `sandbox-follow-${button?.dataset.follow}`;

/** As this browser kept it; null: nothing was chosen here. */
function chosen() {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

const isOn = () => button.getAttribute('aria-pressed') === 'true';
const rowsOf = root => [...root.querySelectorAll('[data-execution]')];

/** What of these rows was not known: how many came, how many failed, and whether more came than there are rows. */
function learn(root) {
  const rows = rowsOf(root);
  const newer = rows.filter(row => !known.has(row.dataset.execution));
  const fails = rows.filter(row => FAILED.includes(row.dataset.status) && !failed.has(row.dataset.execution));
  const isLeast = known.size > 0 && newer.length > 0 && newer.length === rows.length;
  for (const row of newer) known.add(row.dataset.execution);
  for (const row of fails) failed.add(row.dataset.execution);
  return { newer: newer.length, failed: fails.length, isLeast };
}

const words = (text, ...values) => text.replace(/\{(\d)\}/g, (_, at) => String(values[at]));

function say(now) {
  const { one, many, least, failed: fails } = said.dataset;
  // Emptied between: the same sentence is said again.
  said.textContent = '';
  if (now - saidAt < SAID_EVERY_MS || unsaid.newer + unsaid.failed === 0) return;
  const parts = [];
  if (unsaid.newer > 0) parts.push(words(unsaid.isLeast ? least : unsaid.newer === 1 ? one : many, unsaid.newer));
  if (unsaid.failed > 0) parts.push(words(fails, unsaid.failed));
  said.textContent = parts.join(', ');
  saidAt = now;
  unsaid = { newer: 0, failed: 0, isLeast: false };
}

/** Above a list, how many rows came that it does not show. Pressed, the page is loaded anew. */
function offer(fresh) {
  if (!pill) return;
  const shown = rowsOf(document).map(row => row.dataset.execution);
  // As rows come, others leave the end of the page for the next one: ids are in the order of time.
  const last = shown.at(-1) ?? '';
  const newer = rowsOf(fresh).filter(row => row.dataset.execution > last && !shown.includes(row.dataset.execution)).length;
  const text = newer === 0 ? '' : words(pill.dataset.newer, newer);
  if (pill.textContent !== text) pill.textContent = text;
  pill.hidden = newer === 0;
}

/** What is not renewed, such as the code, belongs to the version that the page came with. */
function compare(fresh) {
  const live = fresh.querySelector('[data-version]')?.dataset.version;
  if (!version || !live || live === version.dataset.version || version.dataset.said === live) return;
  version.dataset.said = live;
  const line = document.createElement('p');
  line.className = 'notice';
  const button = document.createElement('button');
  button.className = 'link';
  button.type = 'button';
  button.textContent = version.dataset.show;
  button.addEventListener('click', () => location.reload());
  line.append(words(version.dataset.words, live, version.dataset.version), ' ', button);
  version.replaceChildren(line);
}

function look(fresh) {
  const now = performance.now();
  compare(fresh);
  // It was turned off while the page was asked for, or only counts what came.
  if (!isOn()) {
    offer(fresh);
    return EVERY_MS;
  }

  if (take(fresh, { byPointer: true }).isNew) changedAt = now;
  offer(fresh);
  const came = learn(fresh);
  unsaid = { newer: unsaid.newer + came.newer, failed: unsaid.failed + came.failed, isLeast: unsaid.isLeast || came.isLeast };
  // What the offer says is not said twice.
  if (!pill || pill.hidden) say(now);
  return now - changedAt > SELDOM_AFTER_MS ? SELDOM_MS : EVERY_MS;
}

let streaming = null;

/** Where the server ends the stream, or refuses it, the looks now and then are enough. */
async function listen() {
  for (;;) {
    if (document.visibilityState === 'visible' && isOn()) {
      streaming = new AbortController();
      const script = button.dataset.script;
      const status = await stream(`/executions/changes${script ? `?script=${script}` : ''}`, streaming.signal, wake).catch(() => 0);
      if (status >= 400 && status < 500) return;
    }

    await new Promise(next => setTimeout(next, retryMs()));
  }
}

if (button) {
  button.hidden = false;
  const was = chosen();
  if (was !== null) button.setAttribute('aria-pressed', String(was === '1'));
  button.addEventListener('click', () => {
    const wasOn = isOn();
    try {
      localStorage.setItem(key, wasOn ? '0' : '1');
    } catch {
      // Nothing is kept here: it counts for this page alone.
    }

    button.setAttribute('aria-pressed', String(!wasOn));
    streaming?.abort();
    wake();
  });
  pill?.addEventListener('click', () => location.reload());
  remember();
  learn(document);
  // A page that is not seen holds no connection: a browser has but six to a host.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') streaming?.abort();
  });
  void watch(EVERY_MS, look, () => isOn() || pill !== null);
  void listen();
}
