// Text of anything at all: never failing, never longer than it may be. As JSON for what is stored, as people read it for a log line.
import { apply, bare, getOwnPropertyDescriptor, getPrototypeOf, isArray, ownKeys, slice, stringify } from './language.js';

const DEPTH_MAX = 12;
const dateTime = bare(Date.prototype.getTime);
const dateText = bare(Date.prototype.toISOString);
const mapEntries = bare(Map.prototype.forEach);
const setValues = bare(Set.prototype.forEach);
const mapSize = bare(getOwnPropertyDescriptor(Map.prototype, 'size').get);
const setSize = bare(getOwnPropertyDescriptor(Set.prototype, 'size').get);
const regExpSource = bare(getOwnPropertyDescriptor(RegExp.prototype, 'source').get);
const regExpText = bare(RegExp.prototype.toString);
const TypedArray = getPrototypeOf(Uint8Array.prototype);
const typedName = bare(getOwnPropertyDescriptor(TypedArray, Symbol.toStringTag).get);
const typedLength = bare(getOwnPropertyDescriptor(TypedArray, 'length').get);

function attempt(read, item) {
  try { return read(item); } catch { return undefined; }
}

/** Describes values: `failure` tells errors (name, message, line, column). */
export function makeDescriber(failure) {
  /**
   * @param asJson JSON text; else text for people, where undefined, -0, /a/g and the like read as they are written.
   * @param runsGetters Accessors and toJSON are called, within the entry of the script whose they are; else they are named only.
   */
  function describe(value, budget, asJson, runsGetters = true) {
    const path = [];
    let left = budget;
    const spend = (text) => {
      left -= text.length;
      return text;
    };
    const quote = (text) => spend(stringify(text.length > left ? `${slice(text, 0, left > 0 ? left : 0)}…` : text));
    const word = (text) => (asJson ? quote(text) : spend(slice(text, 0, left > 0 ? left : 0)));

    function list(each, open, close) {
      let text = open;
      let count = 0;
      each((part) => {
        if (left <= 0) return false;
        text += (count++ > 0 ? ',' : '') + part();
        return true;
      });
      return text + close;
    }

    function number(item) {
      if (item === 0 && 1 / item < 0) return spend('-0');
      return item - item === 0 ? spend(`${item}`) : word(`${item}`);
    }

    function property(object, key) {
      const found = getOwnPropertyDescriptor(object, key);
      if (found === undefined) return undefined;
      if ('value' in found) return found.value;
      return runsGetters ? apply(found.get ?? (() => undefined), object, []) : '[Getter]';
    }

    function write(item, askToJson) {
      if (left <= 0) return '"…"';
      switch (typeof item) {
        case 'string': return quote(item);
        case 'number': return number(item);
        case 'boolean': return spend(`${item}`);
        case 'undefined': return spend(asJson ? 'null' : 'undefined');
        case 'bigint': return word(item > 10n ** 60n || item < -(10n ** 60n) ? 'a long BigInt' : `${item}n`);
        case 'symbol': return word(String(item));
        case 'function': return word(functionText(item));
      }
      if (item === null) return spend('null');
      if (path.includes(item)) return word('[Circular]');
      if (path.length >= DEPTH_MAX) return word('[Object]');
      path.push(item);
      try {
        return object(item, askToJson);
      } catch {
        return word('[unreadable]');
      } finally {
        path.pop();
      }
    }

    function object(item, askToJson) {
      if (failure.isError(item)) return members(item, failure.summary(item), '{', '}');
      if (askToJson && runsGetters) {
        const toJson = item.toJSON;
        if (typeof toJson === 'function') {
          const time = attempt(dateTime, item);
          if (time !== undefined) return word(time === time ? dateText(item) : 'Invalid Date');
          return write(apply(toJson, item, ['']), false);
        }
      }
      if (isArray(item)) return elements(item, property(item, 'length'), '');
      const special = specialText(item);
      return special ?? members(item, [], '{', '}');
    }

    const elements = (item, length, before) => list((add) => {
      for (let i = 0; i < length && add(() => write(property(item, `${i}`), true)); i++);
    }, `${before}[`, ']');

    function specialText(item) {
      // The getter tells a regular expression from what only claims to be one; RegExp.prototype has no flags to be asked for.
      if (attempt(regExpSource, item) !== undefined && item !== RegExp.prototype) return word(regExpText(item));
      const typed = typedName(item);
      if (typed !== undefined) return elements(item, typedLength(item), asJson ? '' : `${typed}(${typedLength(item)}) `);
      const inMap = attempt(mapSize, item);
      if (inMap !== undefined) {
        return list((add) => mapEntries(item, (value, key) => add(() => `[${write(key, true)},${write(value, true)}]`)), asJson ? '{"Map":[' : `Map(${inMap}) [`, asJson ? ']}' : ']');
      }
      const inSet = attempt(setSize, item);
      if (inSet !== undefined) {
        return list((add) => setValues(item, (value) => add(() => write(value, true))), asJson ? '{"Set":[' : `Set(${inSet}) [`, asJson ? ']}' : ']');
      }
      return undefined;
    }

    /** Named pairs first, then own enumerable properties. */
    function members(item, first, open, close) {
      return list((add) => {
        for (const [key, value] of first) if (!add(() => `${quote(key)}:${write(value, true)}`)) return;
        for (const key of ownKeys(item)) {
          if (typeof key !== 'string') continue;
          const found = getOwnPropertyDescriptor(item, key);
          if (found === undefined || !found.enumerable) continue;
          if (asJson && 'value' in found && (found.value === undefined || typeof found.value === 'symbol')) continue;
          if (!add(() => {
            const name = quote(key);
            let text;
            try { text = write(property(item, key), true); } catch { text = word('[unreadable]'); }
            return `${name}:${text}`;
          })) return;
        }
      }, open, close);
    }

    return write(value, true);
  }

  function functionText(item) {
    const name = attempt((f) => getOwnPropertyDescriptor(f, 'name')?.value, item);
    return typeof name === 'string' && name !== '' ? `[Function ${slice(name, 0, 100)}]` : '[Function]';
  }

  /** As a log line begins: a string as it is, an error with its stack, all else for people. */
  function plain(value, budget) {
    if (typeof value === 'string') return value.length > budget ? slice(value, 0, budget) : value;
    if (failure.isError(value)) return slice(failure.text(value), 0, budget);
    return describe(value, budget, false);
  }

  return { describe, plain };
}
