import urlencoded from 'whatwg-url/lib/urlencoded.js';
import { need, pairsOf, shape, usv } from './interface.js';

const { parseUrlencodedString, serializeUrlencoded } = urlencoded;

/** Set by the class: what URL does with the parameters that belong to it, and what they are as a body. */
export let attach;
export let refill;
export let searchOf;

function listOf(init) {
  if (typeof init !== 'object' && typeof init !== 'function') {
    const text = usv(init);
    return parseUrlencodedString(text.startsWith('?') ? text.slice(1) : text);
  }
  const list = [];
  for (const [name, value] of pairsOf(init ?? {}, 'URLSearchParams')) list.push([usv(name), usv(value)]);
  return list;
}

export class URLSearchParams {
  #list;
  #changed = null;

  constructor(init = '') {
    this.#list = init === null ? listOf('null') : listOf(init);
  }

  static {
    attach = (params, text, changed) => {
      params.#list = parseUrlencodedString(text);
      params.#changed = changed;
    };
    refill = (params, text) => { params.#list = parseUrlencodedString(text); };
    searchOf = (value) => (typeof value === 'object' && value !== null && #list in value
      ? { text: serializeUrlencoded(value.#list), type: 'application/x-www-form-urlencoded;charset=UTF-8' }
      : undefined);
  }

  #update() {
    this.#changed?.(serializeUrlencoded(this.#list));
  }

  get size() {
    return this.#list.length;
  }

  append(name, value) {
    need(2, arguments.length, 'URLSearchParams.append');
    this.#list.push([usv(name), usv(value)]);
    this.#update();
  }

  delete(name, value = undefined) {
    need(1, arguments.length, 'URLSearchParams.delete');
    const key = usv(name);
    const wanted = value === undefined ? undefined : usv(value);
    this.#list = this.#list.filter((pair) => pair[0] !== key || (wanted !== undefined && pair[1] !== wanted));
    this.#update();
  }

  get(name) {
    need(1, arguments.length, 'URLSearchParams.get');
    const key = usv(name);
    return this.#list.find((pair) => pair[0] === key)?.[1] ?? null;
  }

  getAll(name) {
    need(1, arguments.length, 'URLSearchParams.getAll');
    const key = usv(name);
    return this.#list.filter((pair) => pair[0] === key).map((pair) => pair[1]);
  }

  has(name, value = undefined) {
    need(1, arguments.length, 'URLSearchParams.has');
    const key = usv(name);
    const wanted = value === undefined ? undefined : usv(value);
    return this.#list.some((pair) => pair[0] === key && (wanted === undefined || pair[1] === wanted));
  }

  set(name, value) {
    need(2, arguments.length, 'URLSearchParams.set');
    const key = usv(name);
    const given = usv(value);
    const first = this.#list.find((pair) => pair[0] === key);
    if (first === undefined) {
      this.#list.push([key, given]);
    } else {
      first[1] = given;
      this.#list = this.#list.filter((pair) => pair === first || pair[0] !== key);
    }
    this.#update();
  }

  sort() {
    this.#list.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    this.#update();
  }

  forEach(callback, thisArg = undefined) {
    need(1, arguments.length, 'URLSearchParams.forEach');
    if (typeof callback !== 'function') throw new TypeError('URLSearchParams.forEach: the callback must be a function');
    for (let i = 0; i < this.#list.length; i++) Reflect.apply(callback, thisArg, [this.#list[i][1], this.#list[i][0], this]);
  }

  // A list that changes while it is walked is seen as it is by then.
  static #walk(params, pick) {
    let at = 0;
    return Iterator.from({ next: () => (at < params.#list.length ? { value: pick(params.#list[at++]), done: false } : { value: undefined, done: true }) });
  }

  entries() {
    void this.#list;
    return URLSearchParams.#walk(this, (pair) => [pair[0], pair[1]]);
  }

  keys() {
    void this.#list;
    return URLSearchParams.#walk(this, (pair) => pair[0]);
  }

  values() {
    void this.#list;
    return URLSearchParams.#walk(this, (pair) => pair[1]);
  }

  toString() {
    return serializeUrlencoded(this.#list);
  }
}
Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, { value: URLSearchParams.prototype.entries, writable: true, enumerable: false, configurable: true });
shape(URLSearchParams, 'URLSearchParams');
