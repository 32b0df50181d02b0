// Group: Headers. Of Fetch, without guards: a script is the server's side, and the egress has rules of its own.
import { need, pairsOf, shape } from './interface.js';

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[^\0\r\n]*$/;

/** A ByteString: each character is one byte. */
function bytes(value, what) {
  const text = `${value}`;
  if (/[^\0-\xff]/.test(text)) throw new TypeError(`Headers: the ${what} has a character beyond Latin-1`);
  return text;
}

function nameOf(value) {
  const name = bytes(value, 'name');
  if (!NAME.test(name)) throw new TypeError(`Headers: "${name.slice(0, 100)}" is no name of a header`);
  return name.toLowerCase();
}

function valueOf(value) {
  const text = bytes(value, 'value').replace(/^[\t\n\r ]+/, '');
  let end = text.length;
  while (end > 0 && '\t\n\r '.includes(text[end - 1])) end--;
  const trimmed = text.slice(0, end);
  if (!VALUE.test(trimmed)) throw new TypeError('Headers: the value has a character that HTTP does not allow');
  return trimmed;
}

class Headers {
  #values = new Map();

  constructor(init = undefined) {
    if (init === undefined) return;
    if ((typeof init !== 'object' && typeof init !== 'function') || init === null) throw new TypeError('Headers: the argument must be an object or a list of pairs');
    for (const [name, value] of pairsOf(init, 'Headers')) this.#add(nameOf(name), valueOf(value));
  }

  #add(name, value) {
    const list = this.#values.get(name);
    if (list === undefined) this.#values.set(name, [value]);
    else list.push(value);
  }

  append(name, value) {
    need(2, arguments.length, 'Headers.append');
    this.#add(nameOf(name), valueOf(value));
  }

  delete(name) {
    need(1, arguments.length, 'Headers.delete');
    this.#values.delete(nameOf(name));
  }

  get(name) {
    need(1, arguments.length, 'Headers.get');
    return this.#values.get(nameOf(name))?.join(', ') ?? null;
  }

  getSetCookie() {
    return [...(this.#values.get('set-cookie') ?? [])];
  }

  has(name) {
    need(1, arguments.length, 'Headers.has');
    return this.#values.has(nameOf(name));
  }

  set(name, value) {
    need(2, arguments.length, 'Headers.set');
    this.#values.set(nameOf(name), [valueOf(value)]);
  }

  forEach(callback, thisArg = undefined) {
    need(1, arguments.length, 'Headers.forEach');
    if (typeof callback !== 'function') throw new TypeError('Headers.forEach: the callback must be a function');
    for (const [name, value] of this.#sorted()) Reflect.apply(callback, thisArg, [value, name, this]);
  }

  /** By name; each cookie stands alone. */
  #sorted() {
    return [...this.#values.keys()].sort().flatMap((name) => {
      const list = this.#values.get(name);
      return name === 'set-cookie' ? list.map((value) => [name, value]) : [[name, list.join(', ')]];
    });
  }

  entries() {
    return this.#sorted().values();
  }

  keys() {
    return this.#sorted().map(([name]) => name).values();
  }

  values() {
    return this.#sorted().map(([, value]) => value).values();
  }
}
Object.defineProperty(Headers.prototype, Symbol.iterator, { value: Headers.prototype.entries, writable: true, enumerable: false, configurable: true });
shape(Headers, 'Headers');

export default (web) => {
  Object.assign(web, { Headers });
  return [];
};
