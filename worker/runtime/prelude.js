// Runs first in a fresh isolate, before ses: takes away what no script may have, and puts constructors of ours in front of those
// of V8 that keep state or evade a limit, so that ses tames ours and nothing leads to V8's own any more.
// Evaluates to the private half, which harden.js and driver.js use and no script can reach.
(function () {
  'use strict';
  const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, setPrototypeOf } = Reflect;
  const FRAMES_MAX = 24;
  const USER_FILE = 'script';

  const hooks = {
    /** Bytes that the running attempt may still reserve by resizable buffers; the driver replaces it. */
    reserve(_bytes) { return true; },
    regExpEscape: RegExp.escape,
    errorIsError: Error.isError,
    /** Lines of the source; the driver sets it. */
    lines: 0,
    locationOf: undefined,
    captureStackTrace: undefined,
    roots: [],
  };

  for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'WeakRef', 'FinalizationRegistry']) delete globalThis[name];

  // --- Errors: where one was made is read from V8's own frames, once, and kept where no script can write.
  const V8Error = Error;
  const isError = V8Error.isError;
  const readStack = getOwnPropertyDescriptor(new V8Error('sample'), 'stack').get;
  const locations = new WeakMap();
  const has = locations.has.bind(locations);
  const get = locations.get.bind(locations);
  const set = locations.set.bind(locations);

  function ownText(error, key) {
    for (let object = error, hops = 0; object !== null && hops < 16; object = getPrototypeOf(object), hops++) {
      const property = getOwnPropertyDescriptor(object, key);
      if (property === undefined) continue;
      if ('value' in property) return typeof property.value === 'string' ? property.value : '';
      // ses turns the properties of Error.prototype into accessors; only those of frozen built-ins are known to be harmless.
      if (hops > 0 && known.has(object)) return apply(property.get, object, []);
      return '';
    }
    return '';
  }
  const known = new Set();

  defineProperty(V8Error, 'stackTraceLimit', { value: FRAMES_MAX, writable: false, configurable: false });
  defineProperty(V8Error, 'prepareStackTrace', {
    writable: false,
    configurable: false,
    value: function prepareStackTrace(error, sites) {
      try {
        let stack = '';
        let line = null;
        let column = null;
        for (let i = 0; i < sites.length; i++) {
          const site = sites[i];
          if (site.getFileName() !== USER_FILE) continue;
          // The wrapper has its prefix on a line of its own, before the user's first.
          const siteLine = site.getLineNumber() - 1;
          const siteColumn = site.getColumnNumber();
          if (siteLine < 1 || siteLine > hooks.lines) continue;
          if (line === null) {
            line = siteLine;
            column = siteColumn;
          }
          const name = site.getFunctionName();
          const place = `${siteLine}:${siteColumn}`;
          stack += name ? `\n    at ${site.isAsync() ? 'async ' : ''}${name} (${place})` : `\n    at ${place}`;
        }
        if (typeof error === 'object' && error !== null) set(error, { line, column, stack });
        const name = ownText(error, 'name') || 'Error';
        const message = ownText(error, 'message');
        return (message ? `${name}: ${message}` : name) + stack;
      } catch {
        return '';
      }
    },
  });

  /** Where a genuine error was made, or undefined. Runs nothing of the script's: its `stack` is read through V8's own getter only. */
  hooks.locationOf = function locationOf(error) {
    if (!isError(error)) return undefined;
    if (!has(error)) {
      const property = getOwnPropertyDescriptor(error, 'stack');
      if (property !== undefined && property.get === readStack) apply(readStack, error, []);
    }
    return get(error);
  };
  hooks.isError = isError;
  hooks.ownText = ownText;
  hooks.stackOf = (error) => {
    const property = getOwnPropertyDescriptor(error, 'stack');
    return property !== undefined && property.get === readStack ? apply(readStack, error, []) : undefined;
  };
  hooks.captureStackTrace = {
    captureStackTrace(target) {
      if ((typeof target !== 'object' && typeof target !== 'function') || target === null) throw new TypeError('Invalid argument');
      if (isError(target)) return;
      const sample = new V8Error('');
      defineProperty(target, 'stack', { value: apply(readStack, sample, []), writable: true, configurable: true, enumerable: false });
    },
  }.captureStackTrace;

  function frontOf(Native, name, parent) {
    const Front = {
      [name]: function (...args) {
        const error = construct(Native, args, new.target === undefined ? Front : new.target);
        apply(readStack, error, []);
        return error;
      },
    }[name];
    defineProperty(Front, 'length', { value: Native.length });
    defineProperty(Front, 'prototype', { value: Native.prototype, writable: false, enumerable: false, configurable: false });
    defineProperty(Native.prototype, 'constructor', { value: Front, writable: true, enumerable: false, configurable: true });
    defineProperty(globalThis, name, { value: Front, writable: true, enumerable: false, configurable: true });
    if (parent) setPrototypeOf(Front, parent);
    known.add(Native.prototype);
    hooks.roots.push(Native);
    return Front;
  }

  const natives = ['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError', 'AggregateError', 'SuppressedError']
    .filter((name) => typeof globalThis[name] === 'function')
    .map((name) => [name, globalThis[name]]);
  const FrontError = frontOf(V8Error, 'Error');
  for (const [name, Native] of natives) {
    setPrototypeOf(Native, FrontError);
    frontOf(Native, name, FrontError);
  }
  defineProperty(FrontError, 'isError', { value: isError, writable: true, enumerable: false, configurable: true });
  // ses writes these three; on ours that changes nothing that V8 reads.
  defineProperty(FrontError, 'captureStackTrace', { value: () => undefined, writable: true, enumerable: false, configurable: true });
  defineProperty(FrontError, 'stackTraceLimit', { get: () => FRAMES_MAX, set: () => undefined, enumerable: false, configurable: true });
  defineProperty(FrontError, 'prepareStackTrace', { get: () => undefined, set: () => undefined, enumerable: false, configurable: true });
  known.add(Object.prototype);

  // --- Array buffers: V8's limit on them does not see resizable ones, so their maximum is counted when it is promised.
  const V8ArrayBuffer = ArrayBuffer;
  const isView = V8ArrayBuffer.isView;
  const species = getOwnPropertyDescriptor(V8ArrayBuffer, Symbol.species);
  const FrontArrayBuffer = {
    ArrayBuffer: function (length, options) {
      if (new.target === undefined) throw new TypeError("Constructor ArrayBuffer requires 'new'");
      const asked = (typeof options === 'object' && options !== null) || typeof options === 'function' ? options.maxByteLength : undefined;
      if (asked === undefined) return construct(V8ArrayBuffer, [length], new.target);
      const maxByteLength = Math.trunc(Number(asked)) || 0;
      if (!(maxByteLength >= 0 && maxByteLength <= Number.MAX_SAFE_INTEGER)) throw new RangeError('Invalid array buffer max length');
      if (!hooks.reserve(maxByteLength)) throw new RangeError('Array buffer allocation failed');
      return construct(V8ArrayBuffer, [length, { __proto__: null, maxByteLength }], new.target);
    },
  }.ArrayBuffer;
  defineProperty(FrontArrayBuffer, 'length', { value: 1 });
  defineProperty(FrontArrayBuffer, 'prototype', { value: V8ArrayBuffer.prototype, writable: false, enumerable: false, configurable: false });
  defineProperty(FrontArrayBuffer, 'isView', { value: isView, writable: true, enumerable: false, configurable: true });
  defineProperty(FrontArrayBuffer, Symbol.species, species);
  defineProperty(V8ArrayBuffer.prototype, 'constructor', { value: FrontArrayBuffer, writable: true, enumerable: false, configurable: true });
  defineProperty(globalThis, 'ArrayBuffer', { value: FrontArrayBuffer, writable: true, enumerable: false, configurable: true });
  hooks.roots.push(V8ArrayBuffer);

  return hooks;
})()
