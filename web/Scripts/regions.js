// The regions of a page that are renewed while it is seen (data-live): each is replaced by what the server has now. A region that holds the
// focus or a selection waits; one with data-grows only takes what was added; one with data-tail, whose newest is on top, takes it only while
// its top is in sight.
import { renew } from './times.js';

/** So long after it moved, a pointer is about to press something. */
const POINTED_MS = 3000;
/** What lies over the page's top. */
const HEAD = 56;

let movedAt = -Infinity;
const shown = new Map();
const latest = new Map();
const regions = () => document.querySelectorAll('[data-live]');

/** What a region holds, without distances in time: they alone replace nothing. */
function contentOf(region) {
  const copy = region.cloneNode(true);
  for (const time of copy.querySelectorAll('time[data-near]')) time.textContent = '';
  return copy.innerHTML;
}

/** A finger that was lifted leaves its place behind; only a mouse is still where it was. */
const isUnderMouse = region => matchMedia('(hover: hover)').matches && region.matches(':hover');

function isHeld(region, byPointer) {
  const selection = getSelection();
  if (region.contains(document.activeElement) || region.querySelector('dialog[open]')) return true;
  if (selection && !selection.isCollapsed && selection.containsNode(region, true)) return true;
  if (region.dataset.tail === undefined) return byPointer && isUnderMouse(region);
  return region.firstElementChild?.getBoundingClientRect().top < HEAD || (performance.now() - movedAt < POINTED_MS && isUnderMouse(region));
}

addEventListener('pointermove', () => {
  movedAt = performance.now();
}, { passive: true });

/** What is there as the page comes. */
export function remember() {
  for (const region of regions()) {
    shown.set(region, contentOf(region));
    latest.set(region.dataset.live, contentOf(region));
  }
}

/** @returns {boolean} Whether the region was free to take it. */
function replace(region, next, content, byPointer) {
  if (shown.get(region) === content) return true;
  if (isHeld(region, byPointer)) return false;
  shown.set(region, content);
  region.replaceChildren(...next.cloneNode(true).childNodes);
  return true;
}

/**
 * @param {Document} fresh The page as it is now
 * @param {{byPointer?: boolean}} [more] byPointer: a region under the pointer waits too
 * @returns {{isWhole: boolean, isNew: boolean}} isWhole: nothing is left for the next time; isNew: something differs from the time before
 */
export function take(fresh, { byPointer = false } = {}) {
  const result = { isWhole: true, isNew: false };
  // What is in the middle of the window stays there. The browser would keep what is at its top, which may be a region that grows.
  const kept = scrollY > 0 ? document.elementFromPoint(innerWidth / 2, innerHeight / 2) : null;
  const top = kept?.getBoundingClientRect().top;
  for (const region of regions()) {
    const name = region.dataset.live;
    const next = fresh.querySelector(`[data-live="${name}"]`);
    if (!next) continue;
    region.hidden = next.hidden;
    if (region.dataset.grows !== undefined) {
      region.append(...[...next.children].slice(region.children.length));
      continue;
    }

    const content = contentOf(next);
    result.isNew ||= latest.get(name) !== content;
    latest.set(name, content);
    result.isWhole = replace(region, next, content, byPointer) && result.isWhole;
  }

  renew();
  if (kept?.isConnected) scrollBy({ top: kept.getBoundingClientRect().top - top, behavior: 'instant' });
  document.dispatchEvent(new CustomEvent('renewed'));
  return result;
}
