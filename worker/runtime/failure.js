// What a script threw, as the record tells it. No code of the thrown object's runs but within the script's own entry, and none is needed for an error.
import { apply, getOwnPropertyDescriptor, getPrototypeOf, isObject, ownKeys, slice, stringify } from './language.js';

const MESSAGE_MAX = 8192;
const STACK_MAX = 8192;
const NAME_MAX = 200;
const CAUSES_MAX = 8;
const PARTS_MAX = 20;
const HOPS_MAX = 16;

export function makeFailure(hooks, codes) {
  const { isBuiltIn, isError, locationOf } = hooks;
  let describer;

  /** A data property of the object or of one that it inherits from; undefined where it is an accessor, or there is none. */
  function inherited(object, key) {
    for (let at = object, hops = 0; at !== null && hops < HOPS_MAX; at = getPrototypeOf(at), hops++) {
      const found = getOwnPropertyDescriptor(at, key);
      if (found === undefined) continue;
      if ('value' in found) return found.value;
      // What harden.js made of a built-in's property is known to be harmless.
      return hops > 0 && isBuiltIn(at) ? apply(found.get, object, []) : undefined;
    }
    return undefined;
  }

  /** What it calls itself; else the class it was made by. */
  function nameOf(error) {
    let made;
    for (let at = error, hops = 0; at !== null && hops < HOPS_MAX && !isBuiltIn(at); at = getPrototypeOf(at), hops++) {
      const own = getOwnPropertyDescriptor(at, 'name');
      if (own !== undefined && typeof own.value === 'string' && own.value !== '') return slice(own.value, 0, NAME_MAX);
      const by = hops > 0 && made === undefined ? getOwnPropertyDescriptor(at, 'constructor')?.value : undefined;
      if (typeof by === 'function') made = getOwnPropertyDescriptor(by, 'name')?.value;
    }
    if (typeof made === 'string' && made !== '') return slice(made, 0, NAME_MAX);
    const name = inherited(error, 'name');
    return typeof name === 'string' && name !== '' ? slice(name, 0, NAME_MAX) : isError(error) ? 'Error' : 'Object';
  }

  function messageOf(error, runsGetters) {
    const message = inherited(error, 'message') ?? (runsGetters ? error.message : undefined);
    if (typeof message === 'string') return message;
    return message === undefined || message === null ? undefined : describer.describe(message, MESSAGE_MAX, true, runsGetters);
  }

  const quiet = (read, otherwise) => {
    try { return read(); } catch { return otherwise; }
  };

  /** Own enumerable properties as JSON text, `{}` aside; an error's code, status and the like. */
  function fieldsOf(error, budget) {
    const fields = { __proto__: null };
    let any = false;
    for (const key of ownKeys(error)) {
      if (typeof key !== 'string' || key === 'name' || key === 'message' || key === 'stack' || key === 'cause' || key === 'errors') continue;
      const found = getOwnPropertyDescriptor(error, key);
      if (found === undefined || !found.enumerable) continue;
      fields[key] = 'value' in found ? found.value : '[Getter]';
      any = true;
    }
    return any ? describer.describe(fields, budget, true, false) : '';
  }

  function headOf(value, runsGetters) {
    if (!isObject(value)) return describer.plain(value, MESSAGE_MAX);
    const name = quiet(() => nameOf(value), 'Object');
    const message = quiet(() => messageOf(value, runsGetters), undefined);
    if (message === undefined && !isError(value)) return `${name}: ${describer.describe(value, MESSAGE_MAX, false, runsGetters)}`;
    return message === undefined || message === '' ? name : `${name}: ${message}`;
  }

  /** `Name: message`, frames, its own fields, then what caused it and what it consists of. */
  function text(value, runsGetters, seen = [], budget = STACK_MAX) {
    let out = slice(headOf(value, runsGetters), 0, budget);
    if (!isObject(value) || seen.length >= CAUSES_MAX || seen.includes(value)) return out;
    const within = [...seen, value];
    const add = (more) => { if (out.length < budget) out += slice(more, 0, budget - out.length); };
    const frames = quiet(() => locationOf(value)?.stack, undefined);
    if (typeof frames === 'string') add(frames);
    if (isError(value) || quiet(() => messageOf(value, false), undefined) !== undefined) {
      const fields = quiet(() => fieldsOf(value, 2048), '');
      if (fields !== '') add(`\n    with ${fields}`);
    }
    const cause = quiet(() => getOwnPropertyDescriptor(value, 'cause'), undefined);
    if (cause !== undefined && 'value' in cause) add(`\nCaused by: ${text(cause.value, false, within, budget - out.length)}`);
    const parts = quiet(() => getOwnPropertyDescriptor(value, 'errors')?.value, undefined);
    if (isError(value) && isObject(parts)) {
      const count = Math.min(quiet(() => getOwnPropertyDescriptor(parts, 'length')?.value, 0) || 0, PARTS_MAX);
      for (let i = 0; i < count && out.length < budget; i++) add(`\nPart ${i + 1}: ${text(quiet(() => getOwnPropertyDescriptor(parts, `${i}`)?.value, undefined), false, within, budget - out.length)}`);
    }
    return out;
  }

  /** Name, message, line, column, stack, code, retryable: what is recorded of a failure. */
  function parts(error, runsGetters) {
    if (!isObject(error)) return [null, describer.plain(error, MESSAGE_MAX), null, null, null, null, true];
    const location = quiet(() => locationOf(error), undefined);
    const message = quiet(() => messageOf(error, runsGetters), undefined);
    const name = quiet(() => nameOf(error), 'Object');
    const retryable = quiet(() => getOwnPropertyDescriptor(error, 'retryable')?.value, true);
    return [
      name,
      slice((message ?? (isError(error) ? '' : describer.describe(error, MESSAGE_MAX, false, runsGetters))) || name, 0, MESSAGE_MAX),
      location?.line ?? null,
      location?.column ?? null,
      text(error, runsGetters),
      quiet(() => codes.get(error), undefined) ?? null,
      retryable !== false,
    ];
  }

  return {
    isError: (value) => isError(value),
    text: (error) => text(error, false),
    messageOf: (error) => quiet(() => messageOf(error, false), undefined) ?? '',
    /** No data property says what went wrong: an accessor may. */
    mayTellMore: (error) => isObject(error) && quiet(() => messageOf(error, false), undefined) === undefined,
    /** The pairs that stand for an error among other values. */
    summary(error) {
      const location = quiet(() => locationOf(error), undefined);
      const pairs = [['name', nameOf(error)], ['message', messageOf(error, true) ?? '']];
      if (location !== undefined && location.line !== null) pairs.push(['line', location.line], ['column', location.column]);
      const cause = getOwnPropertyDescriptor(error, 'cause');
      if (cause !== undefined && 'value' in cause) pairs.push(['cause', cause.value]);
      const errors = getOwnPropertyDescriptor(error, 'errors');
      if (errors !== undefined && 'value' in errors) pairs.push(['errors', errors.value]);
      return pairs;
    },
    /** What is known without running a line of the script's. */
    partsText: (error) => stringify(parts(error, false)),
    fullPartsText: (error) => stringify(parts(error, true)),
    describeWith(made) { describer = made; },
  };
}
