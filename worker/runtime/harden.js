// Freezes all that a script can reach, so that nothing one execution leaves in a built-in is seen by another. Evaluates to a function of
// prelude.js's private half, which answers with the number of objects.
(function (hooks) {
  'use strict';
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
  const { create, freeze, isFrozen } = Object;
  const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

  // --- What only syntax or an instance leads to.
  const samples = [
    hooks.locationOf, function () {}, async function () {}, function* () {}, async function* () {}, () => {}, async () => {},
    (function* () {})(), (async function* () {})(), [][Symbol.iterator](), ''[Symbol.iterator](), new Map()[Symbol.iterator](),
    new Set()[Symbol.iterator](), 'a'.matchAll(/a/g), new Error('sample'), (function () { return arguments; })(), /a/, Promise.resolve(),
    new Uint8Array(0), new DataView(new ArrayBuffer(0)), new Proxy({}, {}),
    ...['', 0, true, Symbol.iterator, 0n].map((value) => getPrototypeOf(Object(value))),
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

  /** What the first walk has closed need not be walked again. V8's own frozen objects may lead to others that are open. */
  let isFirst = true;
  /** Everything that can be reached from these and is yet to be closed, each once, and with it its properties that can be assigned. */
  function reachable(roots) {
    const seen = new Map();
    const queue = roots.filter(isObject);
    while (queue.length > 0) {
      const object = queue.pop();
      if (seen.has(object) || (!isFirst && isFrozen(object))) continue;
      const assignable = [];
      seen.set(object, assignable);
      const prototype = getPrototypeOf(object);
      if (prototype !== null && !seen.has(prototype)) queue.push(prototype);
      for (const key of ownKeys(object)) {
        const property = getOwnPropertyDescriptor(object, key);
        if (property.writable && property.configurable) assignable.push([key, property]);
        for (const value of 'value' in property ? [property.value] : [property.get, property.set]) {
          if (isObject(value) && !seen.has(value)) queue.push(value);
        }
      }
    }
    return seen;
  }

  // --- A frozen object's property cannot be assigned on an object that inherits it (the "override mistake"): `date.toString = f` throws where
  // Date.prototype.toString is read-only data. As an accessor it can: the setter gives the object a property of its own.
  // The getter is nothing but its value: V8 then compiles a call through it as it does one of a data property.
  const overlays = new WeakMap();
  // Bound here: a look-up would lead through an accessor that asks for an overlay again.
  const overlaysOf = overlays.get.bind(overlays);
  const setOverlays = overlays.set.bind(overlays);
  const overlaid = { any: false };
  function overlay(object, key, value) {
    const own = isObject(object) ? overlaysOf(object) : undefined;
    return own !== undefined && key in own ? own[key] : value;
  }
  function refuse(key) {
    throw new TypeError(`Cannot assign to read only property '${String(key)}' of a built-in object`);
  }
  /** The other half of such an accessor: gives an object that inherits the property one of its own. */
  function setterFor(key, holder) {
    const { set } = getOwnPropertyDescriptor({
      set [key](given) {
        if (this === holder || !isObject(this) || (holder === undefined && isFrozen(this))) refuse(key);
        const own = getOwnPropertyDescriptor(this, key);
        if (own === undefined) {
          if (!defineProperty(this, key, { value: given, writable: true, enumerable: true, configurable: true })) refuse(key);
        } else if (own.set === set) {
          // It was given this very accessor, by its descriptor, and cannot be given another.
          if (overlaysOf(this) === undefined) setOverlays(this, { __proto__: null });
          overlaysOf(this)[key] = given;
          overlaid.any = true;
        } else if (own.writable !== true || !defineProperty(this, key, { value: given })) {
          refuse(key);
        }
      },
    }, key);
    return set;
  }
  function leaveAssignable(holder, key, property) {
    const value = property.value;
    const { get } = getOwnPropertyDescriptor({
      get [key]() {
        return overlaid.any ? overlay(this, key, value) : value;
      },
    }, key);
    const set = setterFor(key, holder);
    defineProperty(holder, key, { get, set, enumerable: property.enumerable, configurable: false });
    return { get, set };
  }

  /** Closes an object that is made for one execution: frozen, and as open to be inherited from as what is built in. */
  hooks.handIn = (object) => {
    for (const key of ownKeys(object)) {
      const halves = leaveAssignable(object, key, getOwnPropertyDescriptor(object, key));
      freeze(halves.get);
      freeze(halves.set);
    }
    return freeze(object);
  };

  /** A property for many frozen objects, whose value is looked up when it is read. */
  hooks.readOnlyBy = (key, valueFor) => {
    const { get } = getOwnPropertyDescriptor({
      get [key]() {
        const value = valueFor(this);
        return overlaid.any ? overlay(this, key, value) : value;
      },
    }, key);
    return { get: freeze(get), set: freeze(setterFor(key, undefined)), enumerable: true, configurable: false };
  };

  // --- Names of the web's interfaces: of globalThis, and there for a version that mentions them. The driver fills the table.
  for (const name of hooks.webNames) {
    const { get } = getOwnPropertyDescriptor({
      get [name]() {
        return hooks.web[name];
      },
    }, name);
    defineProperty(globalThis, name, { get, set: setterFor(name, globalThis), enumerable: false, configurable: false });
  }

  const look = (object) => object.nothing;
  /** Closes all that can be reached from these and is not closed yet; answers with the number of objects. */
  hooks.harden = (roots) => {
    const found = reachable(roots);
    for (const [object, assignable] of found) {
      for (const [key, property] of assignable) {
        // The halves lead to nothing that is not found yet: what they answer with was seen as a value.
        const halves = leaveAssignable(object, key, property);
        freeze(halves.get);
        freeze(halves.set);
      }
      freeze(object);
    }
    // V8 keeps an object that was changed so often as a hash table, until it is looked through as a prototype: then it is made fast for good.
    for (const [object, assignable] of found) {
      if (assignable.length === 0 || object === globalThis) continue;
      const heir = create(object);
      for (let i = 0; i < 3; i++) look(heir);
    }
    return found.size;
  };
  const count = hooks.harden([globalThis, ...samples, ...hooks.roots]);
  isFirst = false;
  return count;
})
