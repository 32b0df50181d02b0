// Says above a list how many rows came since. It never adds them by itself: the link loads the page anew.
import { watch } from './connection.js';

const EVERY_MS = 10_000;
const pill = document.querySelector('[data-newer]');
const idsOf = root => [...root.querySelectorAll('[data-execution]')].map(row => row.dataset.execution);

function count(fresh) {
  const known = idsOf(document);
  // As rows come, others leave the end of the page for the next one: ids are in the order of time.
  const last = known.at(-1) ?? '';
  const newer = idsOf(fresh).filter(id => id > last && !known.includes(id)).length;
  const text = newer === 0 ? '' : pill.dataset.newer.replace('{0}', String(newer));
  if (pill.textContent !== text) pill.textContent = text;
  pill.hidden = newer === 0;
  return EVERY_MS;
}

if (pill) {
  // Pressed again, it shows the same address: a link to it would only scroll.
  pill.addEventListener('click', () => location.reload());
  void watch(EVERY_MS, count);
}
