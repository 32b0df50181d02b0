// What WebIDL gives every interface, and a class of JavaScript does not have.
import { defineProperty, getOwnPropertyDescriptor, ownKeys } from '../language.js';

/** Makes a class look like an interface of the web: members are enumerable, and its objects are named. */
export function shape(Class, name) {
  // The bundler gives a class another name where two would meet.
  defineProperty(Class, 'name', { value: name, writable: false, enumerable: false, configurable: true });
  for (const target of [Class, Class.prototype]) {
    for (const key of ownKeys(target)) {
      if (typeof key !== 'string' || key === 'constructor' || key === 'prototype' || key === 'name' || key === 'length') continue;
      defineProperty(target, key, { ...getOwnPropertyDescriptor(target, key), enumerable: true });
    }
  }
  defineProperty(Class.prototype, Symbol.toStringTag, { value: name, writable: false, enumerable: false, configurable: true });
  return Class;
}

/** Refuses a call that lacks arguments, as WebIDL does. */
export function need(count, given, where) {
  if (given < count) throw new TypeError(`${where}: ${count} argument${count === 1 ? '' : 's'} required, but only ${given} present`);
}

/** A USVString: no lone surrogate is left in it. */
export const usv = (value) => `${value}`.toWellFormed();

/** Pairs of any iterable of pairs, or of an object's own enumerable properties. */
export function* pairsOf(init, where) {
  const iterate = init[Symbol.iterator];
  if (iterate === undefined || iterate === null) {
    for (const name of ownKeys(init)) if (getOwnPropertyDescriptor(init, name)?.enumerable) yield [name, init[name]];
    return;
  }
  for (const pair of init) {
    const items = typeof pair === 'object' && pair !== null ? [...pair] : [];
    if (items.length !== 2) throw new TypeError(`${where}: each pair must have a name and a value`);
    yield items;
  }
}
