// Runs ses and then closes what its lockdown leaves open. Evaluates to a function of prelude.js's private half.
(function (hooks) {
  'use strict';
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
  const { freeze, isFrozen } = Object;

  globalThis.repairIntrinsics({
    errorTaming: 'safe',
    errorTrapping: 'none',
    reporting: 'none',
    unhandledRejectionTrapping: 'none',
    regExpTaming: 'safe',
    localeTaming: 'unsafe',
    consoleTaming: 'unsafe',
    // Assigning toString or constructor on an object of one's own must work whatever its prototype: pasted libraries do.
    overrideTaming: 'severe',
    stackFiltering: 'verbose',
    domainTaming: 'unsafe',
    evalTaming: 'no-eval',
    legacyRegeneratorRuntimeTaming: 'safe',
  });

  // Between repair and hardening: what ses removed or split in two, and what is safe as it is.
  const method = (target, key, value) => defineProperty(target, key, { value, writable: true, enumerable: false, configurable: true });
  const SharedError = Error.prototype.constructor;
  method(SharedError, 'captureStackTrace', hooks.captureStackTrace);
  method(SharedError, 'isError', hooks.errorIsError);
  defineProperty(globalThis, 'Error', { value: SharedError, writable: true, enumerable: false, configurable: true });
  const SharedRegExp = RegExp.prototype.constructor;
  if (hooks.regExpEscape) for (const constructor of new Set([RegExp, SharedRegExp])) method(constructor, 'escape', hooks.regExpEscape);
  // The clock is no secret here: a date made from another's constructor is to work as anywhere.
  method(Date.prototype, 'constructor', Date);

  globalThis.hardenIntrinsics();

  for (const name of ['harden', 'lockdown', 'repairIntrinsics', 'hardenIntrinsics', 'Compartment', 'ModuleSource', 'assert', 'console', 'HandledPromise', 'getStackString']) {
    delete globalThis[name];
  }

  // --- What only syntax or an instance leads to.
  const samples = [
    hooks.locationOf, function () {}, async function () {}, function* () {}, async function* () {}, () => {}, async () => {},
    (function* () {})(), (async function* () {})(), [][Symbol.iterator](), ''[Symbol.iterator](), new Map()[Symbol.iterator](),
    new Set()[Symbol.iterator](), 'a'.matchAll(/a/g), new Error('sample'), (function () { return arguments; })(), /a/, Promise.resolve(),
    new Uint8Array(0), new DataView(new ArrayBuffer(0)), new Proxy({}, {}), Symbol.iterator, 0n,
  ];
  if (typeof Iterator === 'function') {
    samples.push([].values().map((x) => x), Iterator.from({ next() { return { done: true }; } }), Iterator.prototype);
    if (Iterator.concat) samples.push(Iterator.concat([]));
  }
  for (const name of ownKeys(Intl)) {
    const part = Intl[name];
    if (typeof part !== 'function' || !part.prototype) continue;
    samples.push(part.prototype);
    if (name === 'Segmenter') {
      const segments = new Intl.Segmenter('en').segment('a');
      samples.push(segments, segments[Symbol.iterator]());
    }
  }
  try { throw null.x; } catch (error) { samples.push(error); }

  const seen = new Set();
  const queue = [globalThis, ...samples, ...hooks.roots];
  const visit = (value) => {
    if ((typeof value === 'object' && value !== null) || typeof value === 'function') queue.push(value);
  };
  while (queue.length > 0) {
    const object = queue.pop();
    if (typeof object !== 'object' && typeof object !== 'function') {
      visit(getPrototypeOf(Object(object)));
      continue;
    }
    if (seen.has(object)) continue;
    seen.add(object);
    visit(getPrototypeOf(object));
    for (const key of ownKeys(object)) {
      const property = getOwnPropertyDescriptor(object, key);
      if (property === undefined) continue;
      if ('value' in property) visit(property.value);
      else {
        visit(property.get);
        visit(property.set);
      }
    }
    if (!isFrozen(object)) freeze(object);
  }
  return seen.size;
})
