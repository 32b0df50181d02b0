// Whether the server is reached. All that asks it in the background tells so here, and one line at the top of the page says it: while it is
// away, once it is back, and where the session ended. While it is away it is asked ever more seldom, at once when the browser is online
// again.

/** What a proxy, or a server that stops, answers. */
const AWAY = [502, 503, 504];
const RETRY_MS = 2000;
const RETRY_MAX_MS = 30_000;
const ANSWER_WITHIN_MS = 20_000;
const BACK_SHOWN_MS = 4000;

const line = document.getElementById('connection');
const pauses = new Set();
let failures = 0;
let hasEnded = false;
let backTimer = 0;
let asking = null;

function show(...parts) {
  clearTimeout(backTimer);
  // What is said already is not said again to a screen reader.
  const text = parts.map(part => part.textContent ?? part).join('');
  if (line.textContent !== text) line.replaceChildren(...parts);
}

/** The next attempt. Its length varies, so that all pages do not ask at the same moment. */
export const retryMs = () => Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** Math.max(0, failures - 1)) * (1 - Math.random() / 4);

/** Is over sooner where the page comes into sight or the browser is online again. */
export const pause = ms => new Promise(resolve => {
  const end = () => {
    clearTimeout(timer);
    pauses.delete(end);
    resolve();
  };
  const timer = setTimeout(end, ms);
  pauses.add(end);
});

/** Ends all pauses. */
export const wake = () => {
  for (const end of [...pauses]) end();
};

/** Where nobody else waits to ask again, the page itself is asked for. */
async function seek() {
  while (failures > 0) {
    await pause(retryMs());
    if (failures > 0 && pauses.size === 0 && document.visibilityState === 'visible') await again();
  }
}

/** A background request did not reach the server. */
function missed() {
  failures++;
  show(line.dataset.away);
  if (failures === 1) void seek();
}

/** A background request was answered by the server. */
function reached() {
  if (failures > 0) {
    show(line.dataset.back);
    backTimer = setTimeout(show, BACK_SHOWN_MS);
  } else if (hasEnded) {
    show();
  }

  failures = 0;
  hasEnded = false;
}

/** The session ended: the link leads back to this very address. */
function ended() {
  const link = document.createElement('a');
  link.className = 'link';
  link.href = `/signin?returnUrl=${encodeURIComponent(location.pathname + location.search + location.hash)}`;
  link.textContent = line.dataset.signIn;
  failures = 0;
  hasEnded = true;
  show(`${line.dataset.ended} `, link);
}

/**
 * Tells what came of a background request.
 * @param {number | null} status null: no answer came
 * @returns {boolean} Whether the server was reached
 */
export function tell(status) {
  const isAway = status === null || AWAY.includes(status);
  if (isAway) missed();
  else if (status === 401) ended();
  else reached();
  return !isAway;
}

async function ask() {
  let answer;
  let text;
  try {
    answer = await fetch(location.href, { credentials: 'same-origin', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    text = await answer.text();
  } catch {
    tell(null);
    return { fresh: null, isOver: false };
  }

  const status = answer.redirected && new URL(answer.url).pathname === '/signin' ? 401 : answer.status;
  tell(status);
  if (answer.ok && !answer.redirected) return { fresh: new DOMParser().parseFromString(text, 'text/html'), isOver: false };
  return { fresh: null, isOver: answer.redirected || (status < 500 && status !== 429) };
}

/** This page as it is now; null: not this time. isOver: neither later, the session ended or the page is gone. */
function again() {
  asking ??= ask().finally(() => {
    asking = null;
  });
  return asking;
}

/**
 * Asks for this page again and again while it is seen.
 * @param {number} firstMs
 * @param {(fresh: Document) => number | null} look Says in how many ms it wants to look again; null: never
 * @param {() => boolean} [mayAsk] Whether to ask this time
 */
export async function watch(firstMs, look, mayAsk = () => true) {
  for (let ms = firstMs; ms !== null;) {
    await pause(failures > 0 ? retryMs() : ms);
    // While the server is away it is sought for all that the page shows.
    if (document.visibilityState !== 'visible' || (!mayAsk() && failures === 0)) continue;
    const { fresh, isOver } = await again();
    if (isOver) return;
    if (fresh && mayAsk()) ms = look(fresh);
  }
}

// Before somebody is signed in nothing is asked in the background.
if (line) {
  addEventListener('offline', missed);
  addEventListener('online', wake);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') wake();
  });
}
