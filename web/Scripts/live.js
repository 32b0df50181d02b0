// Follows an execution until its end: while the page is seen it is fetched anew, and the regions that it marks (data-live) are replaced.
// The last region says once that it ended. A region that holds the focus or a selection waits; data-grows only takes what was added.
import { watch } from './connection.js';
import { renew } from './times.js';

const EVERY_MS = 2000;
const said = document.getElementById('followed');
const shown = new Map();
const regions = () => document.querySelectorAll('[data-live]');

/** What a region holds, without distances in time: they alone replace nothing. */
function contentOf(region) {
  const copy = region.cloneNode(true);
  for (const time of copy.querySelectorAll('time[data-near]')) time.textContent = '';
  return copy.innerHTML;
}

function isHeld(region) {
  const selection = getSelection();
  return region.contains(document.activeElement) || region.querySelector('dialog[open]') || (selection && !selection.isCollapsed && selection.containsNode(region, true));
}

/** False where something is left for the next time. */
function take(fresh) {
  let isWhole = true;
  for (const region of regions()) {
    const next = fresh.querySelector(`[data-live="${region.dataset.live}"]`);
    if (!next) continue;
    region.hidden = next.hidden;
    if (region.dataset.grows !== undefined) {
      region.append(...[...next.children].slice(region.children.length));
    } else if (shown.get(region) !== contentOf(next)) {
      if (isHeld(region)) {
        isWhole = false;
        continue;
      }

      shown.set(region, contentOf(next));
      region.replaceChildren(...next.cloneNode(true).childNodes);
    }
  }

  renew();
  document.dispatchEvent(new CustomEvent('renewed'));
  return isWhole;
}

function look(fresh) {
  const isWhole = take(fresh);
  if (fresh.getElementById('followed')) return EVERY_MS;
  if (said.textContent === '') said.textContent = `${said.dataset.said} ${fresh.querySelector('.headline .status').textContent.trim()}`;
  return isWhole ? null : EVERY_MS;
}

if (said) {
  for (const region of regions()) shown.set(region, contentOf(region));
  void watch(EVERY_MS, look);
}
