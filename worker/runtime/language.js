// The language's own functions, taken before any script runs. All of it is frozen by then; these need no look-up and no `this`.
export const { apply, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
export const { defineProperties, freeze } = Object;
export const { isArray } = Array;
export const { parse, stringify } = JSON;

/** A method as a function of its receiver. */
export const bare = (method) => (target, ...args) => apply(method, target, args);

export const then = bare(Promise.prototype.then);
export const slice = bare(String.prototype.slice);
export const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

export function deepFreeze(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (isArray(value)) {
    for (let i = 0; i < value.length; i++) if (typeof value[i] === 'object') deepFreeze(value[i]);
  } else {
    for (const key in value) if (typeof value[key] === 'object') deepFreeze(value[key]);
  }
  return freeze(value);
}
