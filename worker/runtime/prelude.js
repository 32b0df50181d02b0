// Runs first in a fresh isolate: takes away what no script may have, and puts functions of ours in front of those of V8 that
// keep state, evade a limit or make code from strings. Nothing a script can reach leads to V8's own any more.
// Evaluates to the private half, which harden.js and driver.js use and no script can reach.
(function () {
  'use strict';
  const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys, setPrototypeOf } = Reflect;
  const FRAMES_MAX = 24;
  const USER_FILE = 'script';

  const hooks = {
    /** Bytes that the running invocation may still reserve by resizable buffers; the driver replaces it. */
    reserve(_bytes) { return true; },
    /** Lines of the source; the driver sets it. */
    lines: 0,
    locationOf: undefined,
    /** Makes ready an object that is handed to one execution; harden.js sets it. */
    handIn: undefined,
    /** V8's own functions behind ours: frozen too. */
    roots: [],
    /** Names of the web's interfaces and functions: properties of globalThis, undefined until their group is loaded. */
    webNames: [
      'AbortController', 'AbortSignal', 'Blob', 'DOMException', 'Event', 'EventTarget', 'File', 'FormData', 'Headers', 'Request', 'Response', 'TextDecoder', 'TextEncoder',
      'URL', 'URLSearchParams', 'atob', 'btoa', 'structuredClone',
    ],
    /** What they stand for. */
    web: { __proto__: null },
  };

  // V8's console is the inspector's; a script has a binding of that name.
  for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'WeakRef', 'FinalizationRegistry', 'console']) delete globalThis[name];
  // RegExp.$1 and the like keep what the last match saw, whoever made it.
  for (const key of ownKeys(RegExp)) if (key !== Symbol.species && getOwnPropertyDescriptor(RegExp, key).get !== undefined) delete RegExp[key];

  // --- Functions of ours read as those they stand for.
  const sourceOf = Function.prototype.toString;
  const fronts = new WeakMap();
  const frontText = fronts.get.bind(fronts);
  const setFrontText = fronts.set.bind(fronts);
  function standFor(front, native) {
    setFrontText(front, apply(sourceOf, native, []));
    defineProperty(front, 'name', { value: native.name });
    defineProperty(front, 'length', { value: native.length });
    hooks.roots.push(native);
    return front;
  }
  const method = (target, key, value) => defineProperty(target, key, { value, writable: true, enumerable: false, configurable: true });
  method(Function.prototype, 'toString', standFor({
    toString() {
      return frontText(this) ?? apply(sourceOf, this, []);
    },
  }.toString, sourceOf));

  // --- Code from strings. V8 refuses it by its flag; these say so in plain words, before V8 is asked.
  const FunctionPrototype = Function.prototype;
  for (const sample of [function () {}, async function () {}, function* () {}, async function* () {}]) {
    const prototype = getPrototypeOf(sample);
    const native = prototype.constructor;
    const isPlain = prototype === FunctionPrototype;
    const front = standFor(function (...parts) {
      // How libraries of all ages ask for the global object: no code is made for it.
      if (isPlain && parts.length === 1 && parts[0] === 'return this') return () => globalThis;
      throw new EvalError('Functions are not made from strings: write them in the source of the script');
    }, native);
    defineProperty(front, 'prototype', { value: prototype, writable: false, enumerable: false, configurable: false });
    setPrototypeOf(front, prototype === FunctionPrototype ? prototype : Function);
    defineProperty(prototype, 'constructor', { ...getOwnPropertyDescriptor(prototype, 'constructor'), value: front });
    if (prototype === FunctionPrototype) method(globalThis, 'Function', front);
  }
  method(globalThis, 'eval', standFor({
    eval(_source) {
      throw new EvalError('eval is not available: code is not made from strings');
    },
  }.eval, eval));

  // --- Errors: where one was made is read from V8's own frames, once, and kept where no script can write.
  const V8Error = Error;
  const isError = V8Error.isError;
  const { max } = Math;
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
      // harden.js turns the properties of Error.prototype into accessors; only those of frozen built-ins are known to be harmless.
      if (hops > 0 && known.has(object)) return apply(property.get, object, []);
      return '';
    }
    return '';
  }
  const known = new Set();

  /** Constructors of error classes that the error being made has above it. */
  let classes = 0;
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
          if (classes > 0 && line === null && site.isConstructor()) {
            classes--;
          } else if (line === null) {
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
  hooks.isBuiltIn = (object) => known.has(object);
  hooks.ownText = ownText;
  hooks.stackOf = (error) => {
    const property = getOwnPropertyDescriptor(error, 'stack');
    return property !== undefined && property.get === readStack ? apply(readStack, error, []) : undefined;
  };
  const captureStackTrace = {
    captureStackTrace(target) {
      if ((typeof target !== 'object' && typeof target !== 'function') || target === null) throw new TypeError('Invalid argument');
      if (isError(target)) return;
      const sample = new V8Error('');
      defineProperty(target, 'stack', { value: apply(readStack, sample, []), writable: true, configurable: true, enumerable: false });
    },
  }.captureStackTrace;

  /** How many steps lie from an object up its prototypes to another; 0 where they do not lead there. */
  function stepsTo(object, goal) {
    if (typeof object !== 'function' && typeof object !== 'object') return 0;
    try {
      for (let steps = 0; object !== null && steps < 16; object = getPrototypeOf(object), steps++) if (object === goal) return steps;
    } catch { /* A proxy that refuses: it names no class. */ }
    return 0;
  }

  function frontOf(Native, name, parent) {
    const Front = {
      [name]: function (...args) {
        const error = construct(Native, args, new.target === undefined ? Front : new.target);
        // A frame of an error class's constructor is not where the error was made. A class that a compiler made calls us as a function, on its `this`.
        classes = new.target !== undefined ? stepsTo(new.target, Front) : max(0, stepsTo(this, Native.prototype) - 1);
        apply(readStack, error, []);
        classes = 0;
        return error;
      },
    }[name];
    standFor(Front, Native);
    defineProperty(Front, 'prototype', { value: Native.prototype, writable: false, enumerable: false, configurable: false });
    defineProperty(Native.prototype, 'constructor', { value: Front, writable: true, enumerable: false, configurable: true });
    defineProperty(globalThis, name, { value: Front, writable: true, enumerable: false, configurable: true });
    if (parent) setPrototypeOf(Front, parent);
    known.add(Native.prototype);
    return Front;
  }

  const natives = ['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError', 'AggregateError', 'SuppressedError']
    .filter((name) => typeof globalThis[name] === 'function')
    .map((name) => [name, globalThis[name]]);
  const FrontError = frontOf(V8Error, 'Error');
  /** An error whose frames are looked at when they are first asked for: cheap to make for what mostly succeeds. */
  hooks.unreadError = () => new V8Error('');
  for (const [name, Native] of natives) {
    setPrototypeOf(Native, FrontError);
    frontOf(Native, name, FrontError);
  }
  method(FrontError, 'isError', isError);
  method(FrontError, 'captureStackTrace', standFor(captureStackTrace, V8Error.captureStackTrace));
  // Whoever sets them on a class of his own has them there; on Error itself that changes nothing.
  for (const [key, value] of [['stackTraceLimit', FRAMES_MAX], ['prepareStackTrace', undefined]]) {
    defineProperty(FrontError, key, {
      get: () => value,
      set(given) {
        if (this !== FrontError) defineProperty(this, key, { value: given, writable: true, enumerable: true, configurable: true });
      },
      enumerable: false,
      configurable: true,
    });
  }
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
  standFor(FrontArrayBuffer, V8ArrayBuffer);
  defineProperty(FrontArrayBuffer, 'prototype', { value: V8ArrayBuffer.prototype, writable: false, enumerable: false, configurable: false });
  defineProperty(FrontArrayBuffer, 'isView', { value: isView, writable: true, enumerable: false, configurable: true });
  defineProperty(FrontArrayBuffer, Symbol.species, species);
  defineProperty(V8ArrayBuffer.prototype, 'constructor', { value: FrontArrayBuffer, writable: true, enumerable: false, configurable: true });
  defineProperty(globalThis, 'ArrayBuffer', { value: FrontArrayBuffer, writable: true, enumerable: false, configurable: true });
  // Names that are to be constants as well: a look-up in globalThis, where harden.js makes them accessors, would cost more.
  hooks.globals = ownKeys(globalThis)
    .filter((key) => typeof key === 'string' && key !== 'globalThis' && getOwnPropertyDescriptor(globalThis, key).configurable)
    .join(', ');
  return hooks;
})()
