// Timers are kept here, in the isolate's own memory; the host knows only when to wake the invocation next.
import { apply, freeze } from './language.js';

const TIMERS_MAX = 10_000;
const DELAY_MAX = 2_147_483_647;

export function makeTimers(host, invalid, loose) {
  const now = Date.now;

  function arm(state) {
    const first = state.timers[0];
    const due = first === undefined ? -1 : first.due;
    if (due === state.armed) return;
    state.armed = due;
    host('t', state.id, due < 0 ? '' : `${Math.max(0, due - now())}`);
  }

  function insert(state, timer) {
    let low = 0;
    let high = state.timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (state.timers[middle].due <= timer.due) low = middle + 1;
      else high = middle;
    }
    state.timers.splice(low, 0, timer);
  }

  function add(state, name, repeats, callback, delay, args, isQuiet = false) {
    if (typeof callback !== 'function') throw new TypeError(`${name}: the callback must be a function`);
    if (state.done) return 0;
    if (state.timers.length >= TIMERS_MAX) throw invalid(`${name}: at most ${TIMERS_MAX} timers may wait`);
    const ms = Math.min(Math.max(Number(delay) || 0, 1), DELAY_MAX);
    const timer = { id: ++state.lastTimer, due: now() + ms, every: repeats ? ms : 0, callback, args, isQuiet };
    insert(state, timer);
    arm(state);
    return timer.id;
  }

  function remove(state, id) {
    const at = state.timers.findIndex((timer) => timer.id === id);
    if (at < 0) return;
    state.timers.splice(at, 1);
    arm(state);
  }

  return {
    /** A timer that nobody misses where the execution ends before it. */
    addQuiet: (state, name, callback, delay) => add(state, name, false, callback, delay, [], true),
    /** How many timers the script may still wait for. */
    waiting: (state) => state.timers.reduce((count, timer) => (timer.isQuiet ? count : count + 1), 0),
    makeSetTimeout: (state) => freeze((callback, delay, ...args) => add(state, 'setTimeout', false, callback, delay, args)),
    makeSetInterval: (state) => freeze((callback, delay, ...args) => add(state, 'setInterval', true, callback, delay, args)),
    /** clearTimeout and clearInterval are one: a number names one timer of either kind. */
    makeClear: (state) => freeze((id) => remove(state, id)),
    /** Runs what is due first, and asks to be woken for what comes next. */
    wake(state) {
      state.armed = -1;
      const timer = state.timers[0];
      if (timer !== undefined && timer.due <= now() + 1) {
        state.timers.shift();
        if (timer.every > 0) {
          // Before its callback, which may clear it.
          timer.due = now() + timer.every;
          insert(state, timer);
        }
        try { apply(timer.callback, undefined, timer.args); } catch (error) { loose(state, 'a timer', error); }
      }
      if (!state.done) arm(state);
    },
  };
}
