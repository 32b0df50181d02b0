// Says above a list how many rows came since. It never adds them by itself: the link loads the page anew.
const EVERY_MS = 10_000;
const pill = document.querySelector('[data-newer]');
const idsOf = root => [...root.querySelectorAll('[data-execution]')].map(row => row.dataset.execution);

async function count() {
  let answer;
  try {
    answer = await fetch(location.href, { credentials: 'same-origin' });
  } catch {
    return true;
  }

  if (!answer.ok || answer.redirected) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const known = idsOf(document);
  // As rows come, others leave the end of the page for the next one: ids are in the order of time.
  const last = known.at(-1) ?? '';
  const newer = idsOf(fresh).filter(id => id > last && !known.includes(id)).length;
  const text = newer === 0 ? '' : pill.dataset.newer.replace('{0}', String(newer));
  if (pill.textContent !== text) pill.textContent = text;
  pill.hidden = newer === 0;
  return true;
}

async function watch() {
  if (document.visibilityState === 'visible' && !await count()) return;
  setTimeout(watch, EVERY_MS);
}

if (pill) {
  // Pressed again, it shows the same address: a link to it would only scroll.
  pill.addEventListener('click', () => location.reload());
  setTimeout(watch, EVERY_MS);
}
