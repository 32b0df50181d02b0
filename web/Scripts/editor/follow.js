// A try while it runs: its log line by line, its progress, how long it takes. The answer of the try takes the place of all of it.
import { call, stream } from '../api.js';
import { logLine, visible } from '../try.js';
import { word } from '../words.js';

const TICK_MS = 100;
const LOOK_MS = 1000;

/** Shows in the target that a try runs; once its id is known, what it says. @returns {{begun: (id: string) => void, end: () => void}} */
export function follow(target) {
  const since = performance.now();
  const ends = new AbortController();
  const [head, bar, log] = [document.createElement('p'), document.createElement('progress'), document.createElement('ol')];
  let progress = null;
  head.className = 'status run';
  bar.hidden = true;
  log.className = 'log';
  log.hidden = true;
  // Its seconds and lines are not read out one by one; what it came to is.
  for (const part of [head, bar, log]) part.setAttribute('aria-live', 'off');
  bar.setAttribute('aria-label', word('Progress'));
  target.replaceChildren(head, bar, log);
  const tick = setInterval(() => {
    head.textContent = [word('Running, {0} s', ((performance.now() - since) / 1000).toFixed(1)), progress && wordsOf(progress)].filter(Boolean).join(', ');
  }, TICK_MS);
  const add = line => {
    log.hidden = false;
    log.append(logLine(line));
  };
  const show = given => {
    progress = given;
    bar.hidden = !progress?.total;
    if (progress?.total) Object.assign(bar, { max: progress.total, value: progress.done });
  };
  return {
    begun: id => {
      void lines(id, add, ends.signal);
      void looks(id, show, ends.signal);
    },
    end: () => {
      clearInterval(tick);
      ends.abort();
    },
  };
}

function wordsOf({ done, total, message }) {
  const count = total ? word('{0} of {1}', done, total) : word('{0} done', done);
  return message ? `${count}: ${visible(message)}` : count;
}

/** The stream of its log. Where it breaks off, nothing is lost: the whole log comes with the end. */
async function lines(id, add, signal) {
  try {
    await stream(`/executions/${id}/logs`, signal, (name, line) => {
      if (name === 'log') add(line);
    });
  } catch {
    // It ended, or the server was not reached.
  }
}

async function looks(id, show, signal) {
  while (!signal.aborted) {
    try {
      show((await call('GET', `/executions/${id}`, { signal })).value.progress);
    } catch {
      return;
    }

    await new Promise(next => setTimeout(next, LOOK_MS));
  }
}
