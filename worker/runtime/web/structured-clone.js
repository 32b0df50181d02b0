// structuredClone: StructuredSerialize and StructuredDeserialize of HTML in one walk. No package does it without Node's or a browser's own.
import { apply, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } from '../language.js';
import { DOMException } from './exception.js';
import { need } from './interface.js';

const getter = (prototype, key) => {
  const { get } = getOwnPropertyDescriptor(prototype, key);
  return (value) => apply(get, value, []);
};
const TypedArray = getPrototypeOf(Uint8Array.prototype);
const bufferOf = getter(TypedArray, 'buffer');
const offsetOf = getter(TypedArray, 'byteOffset');
const lengthOf = getter(TypedArray, 'length');
const nameOf = getOwnPropertyDescriptor(TypedArray, Symbol.toStringTag).get;
const viewBufferOf = getter(DataView.prototype, 'buffer');
const viewOffsetOf = getter(DataView.prototype, 'byteOffset');
const viewLengthOf = getter(DataView.prototype, 'byteLength');
const detachedOf = getter(ArrayBuffer.prototype, 'detached');
const bytesOf = getter(ArrayBuffer.prototype, 'byteLength');
const resizableOf = getter(ArrayBuffer.prototype, 'resizable');
const maxBytesOf = getter(ArrayBuffer.prototype, 'maxByteLength');
const sourceOf = getter(RegExp.prototype, 'source');
const flagsOf = getter(RegExp.prototype, 'flags');
const sizeOfMap = getter(Map.prototype, 'size');
const sizeOfSet = getter(Set.prototype, 'size');
const { copy, entries, values, transfer } = {
  copy: ArrayBuffer.prototype.slice, entries: Map.prototype.forEach, values: Set.prototype.forEach, transfer: ArrayBuffer.prototype.transfer,
};
const views = { Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array, BigUint64Array, Float32Array, Float64Array };
if (typeof Float16Array === 'function') views.Float16Array = Float16Array;
const errors = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

/** Whether a built-in method or getter takes the value as one of its own kind. */
function is(probe, value) {
  try {
    probe(value);
    return true;
  } catch {
    return false;
  }
}
const primitives = [Boolean, Number, String, BigInt].map((Type) => [Type, Type.prototype.valueOf]);
const timeOf = Date.prototype.getTime;
const symbolOf = Symbol.prototype.valueOf;
const isPromise = (value) => {
  try { return value instanceof Promise; } catch { return false; }
};
const tagOf = Object.prototype.toString;
/**
 * An array or a plain object, as nearly all are. To ask each class first would cost more than ten times as much: every refusal is an exception.
 * A Map or the like whose prototype was set to that of plain objects is taken for one.
 */
const isPlain = (object) => {
  if (Array.isArray(object)) return true;
  const prototype = getPrototypeOf(object);
  return (prototype === Object.prototype || prototype === null) && apply(tagOf, object, []) === '[object Object]';
};
const weak = [WeakMap, WeakSet].map((Type) => Type.prototype.has);

const refuse = (what) => { throw new DOMException(`${what} could not be cloned`, 'DataCloneError'); };

function cloneBuffer(buffer) {
  if (detachedOf(buffer)) refuse('A detached ArrayBuffer');
  if (!resizableOf(buffer)) return apply(copy, buffer, [0]);
  const made = new ArrayBuffer(bytesOf(buffer), { maxByteLength: maxBytesOf(buffer) });
  new Uint8Array(made).set(new Uint8Array(buffer));
  return made;
}

function cloneError(value) {
  const name = value.name;
  const Type = typeof name === 'string' && Object.hasOwn(errors, name) ? errors[name] : Error;
  const message = getOwnPropertyDescriptor(value, 'message');
  const made = new Type();
  const keep = (key, given) => defineProperty(made, key, { value: given, writable: true, enumerable: false, configurable: true });
  if (message !== undefined && 'value' in message) keep('message', `${message.value}`);
  const { stack } = value;
  if (typeof stack === 'string') keep('stack', stack);
  return made;
}

/** @param cloners Of other groups: each gives the copy of an object of its own classes, undefined for any other. */
export const makeStructuredClone = (cloners) => {
  function structuredClone(value, options) {
    need(1, arguments.length, 'structuredClone');
    return cloned(value, options, cloners);
  }
  return Object.defineProperty(structuredClone, 'length', { value: 1 });
};

function cloned(value, options, cloners) {
  const seen = new Map();
  // What is yet to be filled: a list, so that depth is bounded by memory and not by the stack.
  const open = [];

  for (const given of options?.transfer ?? []) {
    if (!is(detachedOf, given)) refuse('A value that is not transferable');
    if (seen.has(given) || detachedOf(given)) refuse('An ArrayBuffer that is detached or listed twice');
    seen.set(given, undefined);
  }
  const transferred = [...seen.keys()];
  seen.clear();
  const pending = new Set(transferred);

  function bufferFor(buffer) {
    if (!seen.has(buffer)) seen.set(buffer, pending.has(buffer) ? apply(transfer, buffer, []) : cloneBuffer(buffer));
    return seen.get(buffer);
  }

  function cloneView(view, name) {
    const buffer = name === 'DataView' ? viewBufferOf(view) : bufferOf(view);
    const offset = name === 'DataView' ? viewOffsetOf(view) : offsetOf(view);
    const length = name === 'DataView' ? viewLengthOf(view) : lengthOf(view);
    return name === 'DataView' ? new DataView(bufferFor(buffer), offset, length) : new views[name](bufferFor(buffer), offset, length);
  }

  function begin(object) {
    if (isPlain(object)) return beginPlain(object);
    for (const [Type, read] of primitives) if (is((it) => apply(read, it, []), object)) return Object(Type(apply(read, object, [])));
    if (is((it) => apply(symbolOf, it, []), object)) refuse('A symbol');
    if (is((it) => apply(timeOf, it, []), object)) return new Date(apply(timeOf, object, []));
    if (is(sourceOf, object) && object !== RegExp.prototype) return new RegExp(sourceOf(object), flagsOf(object));
    if (is(detachedOf, object)) return bufferFor(object);
    const name = ArrayBuffer.isView(object) ? (apply(nameOf, object, []) ?? 'DataView') : undefined;
    if (name !== undefined) return cloneView(object, name);
    if (is(sizeOfMap, object)) {
      const made = new Map();
      const list = [];
      apply(entries, object, [(item, key) => list.push([key, item])]);
      open.push(() => { for (const [key, item] of list) made.set(clone(key), clone(item)); });
      return made;
    }
    if (is(sizeOfSet, object)) {
      const made = new Set();
      const list = [];
      apply(values, object, [(item) => list.push(item)]);
      open.push(() => { for (const item of list) made.add(clone(item)); });
      return made;
    }
    if (Error.isError(object)) return cloneError(object);
    for (const cloner of cloners) {
      const made = cloner(object);
      if (made !== undefined) return made;
    }
    if (isPromise(object) || weak.some((has) => is((it) => apply(has, it, [object]), object))) refuse(`#<${object.constructor?.name}>`);
    return beginPlain(object);
  }

  function beginPlain(object) {
    const made = Array.isArray(object) ? new Array(object.length) : {};
    open.push(() => {
      for (const key of Object.keys(object)) {
        if (Object.hasOwn(object, key)) defineProperty(made, key, { value: clone(object[key]), writable: true, enumerable: true, configurable: true });
      }
    });
    return made;
  }

  function clone(it) {
    if (typeof it === 'symbol') refuse(String(it));
    if (typeof it === 'function') refuse(`${it.name || 'A function'}`);
    if (typeof it !== 'object' || it === null) return it;
    if (seen.has(it)) return seen.get(it);
    const made = begin(it);
    seen.set(it, made);
    return made;
  }

  const result = clone(value);
  for (let i = 0; i < open.length; i++) open[i]();
  for (const buffer of transferred) if (!detachedOf(buffer)) bufferFor(buffer);
  return result;
}
