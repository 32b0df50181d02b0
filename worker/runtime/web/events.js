// Group: Event, EventTarget, AbortController and AbortSignal. There is no tree, so an event has one target. The driver lends timers and its log.
import { need, shape } from './interface.js';

/** Set by the class: the life of an event while it is dispatched. */
let begin;
let finish;
let isStopped;

class Event {
  #type;
  #bubbles;
  #cancelable;
  #composed;
  #target = null;
  #phase = 0;
  #stopped = false;
  #stoppedNow = false;
  #passive = false;
  #canceled = false;
  #dispatching = false;
  #timeStamp = Date.now();

  constructor(type, init = undefined) {
    need(1, arguments.length, 'Event');
    this.#type = `${type}`;
    this.#bubbles = Boolean(init?.bubbles);
    this.#cancelable = Boolean(init?.cancelable);
    this.#composed = Boolean(init?.composed);
  }

  static {
    begin = (event, target) => {
      if (event.#dispatching) return false;
      event.#dispatching = true;
      event.#target = target;
      event.#phase = 2;
      return true;
    };
    finish = (event) => {
      event.#dispatching = false;
      event.#phase = 0;
      event.#stopped = false;
      event.#stoppedNow = false;
      return !event.#canceled;
    };
    isStopped = (event, passive) => {
      event.#passive = passive;
      return event.#stoppedNow;
    };
  }

  get type() {
    return this.#type;
  }

  get target() {
    return this.#target;
  }

  get srcElement() {
    return this.#target;
  }

  get currentTarget() {
    return this.#dispatching ? this.#target : null;
  }

  composedPath() {
    return this.#dispatching ? [this.#target] : [];
  }

  get eventPhase() {
    return this.#phase;
  }

  stopPropagation() {
    this.#stopped = true;
  }

  get cancelBubble() {
    return this.#stopped;
  }

  set cancelBubble(value) {
    if (value) this.#stopped = true;
  }

  stopImmediatePropagation() {
    this.#stopped = true;
    this.#stoppedNow = true;
  }

  get bubbles() {
    return this.#bubbles;
  }

  get cancelable() {
    return this.#cancelable;
  }

  get returnValue() {
    return !this.#canceled;
  }

  preventDefault() {
    if (this.#cancelable && !this.#passive) this.#canceled = true;
  }

  get defaultPrevented() {
    return this.#canceled;
  }

  get composed() {
    return this.#composed;
  }

  get isTrusted() {
    return false;
  }

  get timeStamp() {
    return this.#timeStamp;
  }
}
for (const [name, value] of [['NONE', 0], ['CAPTURING_PHASE', 1], ['AT_TARGET', 2], ['BUBBLING_PHASE', 3]]) {
  for (const target of [Event, Event.prototype]) Object.defineProperty(target, name, { value, writable: false, enumerable: true, configurable: false });
}
shape(Event, 'Event');

export default (web, inner, { report, later }) => {
  const { DOMException } = web;

  class EventTarget {
    #listeners = [];

    addEventListener(type, callback, options = undefined) {
      need(2, arguments.length, 'EventTarget.addEventListener');
      const name = `${type}`;
      const isObject = typeof options === 'object' && options !== null;
      const capture = Boolean(isObject ? options.capture : options);
      const signal = isObject ? options.signal : undefined;
      if (signal !== undefined && !(signal instanceof AbortSignal)) throw new TypeError('EventTarget.addEventListener: signal must be an AbortSignal');
      if (callback === null || callback === undefined || signal?.aborted) return;
      if (typeof callback !== 'function' && typeof callback !== 'object') throw new TypeError('EventTarget.addEventListener: the callback must be a function or an object');
      if (this.#find(name, callback, capture) >= 0) return;
      const listener = { type: name, callback, capture, once: Boolean(isObject && options.once), passive: Boolean(isObject && options.passive), removed: false };
      this.#listeners.push(listener);
      if (signal !== undefined) onAbort(signal, () => this.removeEventListener(name, callback, capture));
    }

    removeEventListener(type, callback, options = undefined) {
      need(2, arguments.length, 'EventTarget.removeEventListener');
      const capture = Boolean(typeof options === 'object' && options !== null ? options.capture : options);
      const at = this.#find(`${type}`, callback, capture);
      if (at < 0) return;
      this.#listeners[at].removed = true;
      this.#listeners.splice(at, 1);
    }

    dispatchEvent(event) {
      need(1, arguments.length, 'EventTarget.dispatchEvent');
      if (!(event instanceof Event)) throw new TypeError('EventTarget.dispatchEvent: the argument must be an Event');
      const { type } = event;
      if (!begin(event, this)) throw new DOMException('The event is being dispatched', 'InvalidStateError');
      const all = this.#listeners.filter((listener) => listener.type === type);
      for (const listener of [...all.filter((it) => it.capture), ...all.filter((it) => !it.capture)]) {
        if (listener.removed) continue;
        if (isStopped(event, listener.passive)) break;
        if (listener.once) this.removeEventListener(type, listener.callback, listener.capture);
        const { callback } = listener;
        try {
          if (typeof callback === 'function') Reflect.apply(callback, this, [event]);
          else callback.handleEvent(event);
        } catch (error) {
          report(error);
        }
      }
      return finish(event);
    }

    #find(type, callback, capture) {
      return this.#listeners.findIndex((it) => it.type === type && it.callback === callback && it.capture === capture);
    }
  }
  shape(EventTarget, 'EventTarget');

  let onAbort;
  let abort;
  let make;
  const key = Symbol('made here');

  class AbortSignal extends EventTarget {
    #aborted = false;
    #reason = undefined;
    #onabort = null;
    #handler = null;
    #algorithms = [];

    constructor() {
      if (arguments[0] !== key) throw new TypeError('Illegal constructor');
      super();
    }

    static {
      make = () => new AbortSignal(key);
      onAbort = (signal, run) => {
        if (signal.#aborted) run();
        else signal.#algorithms.push(run);
      };
      abort = (signal, reason) => {
        if (signal.#aborted) return;
        signal.#aborted = true;
        signal.#reason = reason === undefined ? new DOMException('This operation was aborted', 'AbortError') : reason;
        const algorithms = signal.#algorithms;
        signal.#algorithms = [];
        for (const run of algorithms) run();
        signal.dispatchEvent(new Event('abort'));
      };
    }

    static abort(reason = undefined) {
      const signal = make();
      abort(signal, reason);
      return signal;
    }

    static timeout(milliseconds) {
      need(1, arguments.length, 'AbortSignal.timeout');
      const ms = Number(milliseconds);
      if (!(ms >= 0 && ms <= Number.MAX_SAFE_INTEGER)) throw new TypeError('AbortSignal.timeout: the time must be a number of milliseconds');
      const signal = make();
      later(() => abort(signal, new DOMException('The operation timed out', 'TimeoutError')), ms);
      return signal;
    }

    static any(signals) {
      need(1, arguments.length, 'AbortSignal.any');
      const list = [...signals];
      if (!list.every((it) => typeof it === 'object' && it !== null && #aborted in it)) throw new TypeError('AbortSignal.any: each item must be an AbortSignal');
      const made = make();
      for (const signal of list) {
        if (signal.#aborted) {
          abort(made, signal.#reason);
          return made;
        }
      }
      for (const signal of list) onAbort(signal, () => abort(made, signal.#reason));
      return made;
    }

    get aborted() {
      return this.#aborted;
    }

    get reason() {
      return this.#reason;
    }

    throwIfAborted() {
      if (this.#aborted) throw this.#reason;
    }

    get onabort() {
      return this.#onabort;
    }

    set onabort(value) {
      this.#onabort = typeof value === 'function' || (typeof value === 'object' && value !== null) ? value : null;
      if (this.#handler !== null || this.#onabort === null) return;
      this.#handler = (event) => { if (typeof this.#onabort === 'function') Reflect.apply(this.#onabort, this, [event]); };
      this.addEventListener('abort', this.#handler);
    }
  }
  shape(AbortSignal, 'AbortSignal');

  class AbortController {
    #signal = make();

    get signal() {
      return this.#signal;
    }

    abort(reason = undefined) {
      abort(this.#signal, reason);
    }
  }
  shape(AbortController, 'AbortController');

  Object.assign(inner, { onAbort, makeSignal: make, abort });
  Object.assign(web, { Event, EventTarget, AbortSignal, AbortController });
  return [];
};
