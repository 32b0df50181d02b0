// Follows a page that has no end: what it shows is renewed, and what came is said in one sentence, not too often. A switch stops it, here
// and on every such page, until it is pressed again (WCAG 2.2.2).
import { wake, watch } from './connection.js';
import { remember, take } from './regions.js';

const OFF = 'sandbox-follow-off';
const EVERY_MS = 5000;
const SELDOM_MS = 30_000;
const SELDOM_AFTER_MS = 300_000;
const SAID_EVERY_MS = 15_000;
const FAILED = ['failed', 'timeout'];

const button = document.getElementById('follow');
const said = document.getElementById('follow-said');
const known = new Set();
const failed = new Set();
let changedAt = performance.now();
let saidAt = -Infinity;
let unsaid = { newer: 0, failed: 0, isLeast: false };

/** As this browser kept it. */
function wasOff() {
  try {
    return localStorage.getItem(OFF) === '1';
  } catch {
    return false;
  }
}

const isOn = () => button.getAttribute('aria-pressed') === 'true';

/** What of these rows was not known: how many came, how many failed, and whether more came than there are rows. */
function learn(root) {
  const rows = [...root.querySelectorAll('[data-execution]')];
  const newer = rows.filter(row => !known.has(row.dataset.execution));
  const fails = rows.filter(row => FAILED.includes(row.dataset.status) && !failed.has(row.dataset.execution));
  const isLeast = known.size > 0 && newer.length > 0 && newer.length === rows.length;
  for (const row of newer) known.add(row.dataset.execution);
  for (const row of fails) failed.add(row.dataset.execution);
  return { newer: newer.length, failed: fails.length, isLeast };
}

const words = (text, count) => text.replace('{0}', String(count));

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

function look(fresh) {
  const now = performance.now();
  // It was turned off while the page was asked for.
  if (!isOn()) return EVERY_MS;
  if (take(fresh, { byPointer: true }).isNew) changedAt = now;
  const came = learn(fresh);
  unsaid = { newer: unsaid.newer + came.newer, failed: unsaid.failed + came.failed, isLeast: unsaid.isLeast || came.isLeast };
  say(now);
  return now - changedAt > SELDOM_AFTER_MS ? SELDOM_MS : EVERY_MS;
}

if (button) {
  button.hidden = false;
  button.setAttribute('aria-pressed', String(!wasOff()));
  button.addEventListener('click', () => {
    const wasOn = isOn();
    try {
      localStorage.setItem(OFF, wasOn ? '1' : '0');
    } catch {
      // Nothing is kept here: it counts for this page alone.
    }

    button.setAttribute('aria-pressed', String(!wasOn));
    wake();
  });
  remember();
  learn(document);
  void watch(EVERY_MS, look, isOn);
}
