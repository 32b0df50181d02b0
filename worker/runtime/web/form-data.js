import { joined } from './blob.js';
import { need, shape, usv } from './interface.js';

const escaped = (name) => name.replace(/\r\n?|\n/g, '%0D%0A').replace(/"/g, '%22');

export function makeFormData(inner, { File, contentOf, isBlob, over }) {
  /** Set by the class. */
  let listOf;

  const entryOf = (value, filename) => {
    if (!isBlob(value)) return usv(value);
    if (value instanceof File && filename === undefined) return value;
    return new File([value], filename ?? 'blob', { type: value.type, lastModified: value instanceof File ? value.lastModified : undefined });
  };

  class FormData {
    #list = [];

    constructor(form = undefined) {
      if (form !== undefined) throw new TypeError('FormData: there are no forms here');
    }

    static {
      listOf = (data) => data.#list;
    }

    static #entry(given, name, value, filename) {
      if (given > 2 && !isBlob(value)) throw new TypeError('FormData: a file name is for a Blob');
      return [usv(name), entryOf(value, given > 2 ? usv(filename) : undefined)];
    }

    append(name, value, filename = undefined) {
      need(2, arguments.length, 'FormData.append');
      this.#list.push(FormData.#entry(arguments.length, name, value, filename));
    }

    delete(name) {
      need(1, arguments.length, 'FormData.delete');
      const key = usv(name);
      this.#list = this.#list.filter((entry) => entry[0] !== key);
    }

    get(name) {
      need(1, arguments.length, 'FormData.get');
      const key = usv(name);
      return this.#list.find((entry) => entry[0] === key)?.[1] ?? null;
    }

    getAll(name) {
      need(1, arguments.length, 'FormData.getAll');
      const key = usv(name);
      return this.#list.filter((entry) => entry[0] === key).map((entry) => entry[1]);
    }

    has(name) {
      need(1, arguments.length, 'FormData.has');
      const key = usv(name);
      return this.#list.some((entry) => entry[0] === key);
    }

    set(name, value, filename = undefined) {
      need(2, arguments.length, 'FormData.set');
      const entry = FormData.#entry(arguments.length, name, value, filename);
      const at = this.#list.findIndex((it) => it[0] === entry[0]);
      if (at < 0) {
        this.#list.push(entry);
      } else {
        this.#list[at] = entry;
        this.#list = this.#list.filter((it, i) => i <= at || it[0] !== entry[0]);
      }
    }

    forEach(callback, thisArg = undefined) {
      need(1, arguments.length, 'FormData.forEach');
      for (const [name, value] of this) Reflect.apply(callback, thisArg, [value, name, this]);
    }

    entries() {
      return this.#list.map((entry) => [...entry]).values();
    }

    keys() {
      return this.#list.map((entry) => entry[0]).values();
    }

    values() {
      return this.#list.map((entry) => entry[1]).values();
    }
  }
  Object.defineProperty(FormData.prototype, Symbol.iterator, { value: FormData.prototype.entries, writable: true, enumerable: false, configurable: true });
  shape(FormData, 'FormData');

  /** multipart/form-data of a FormData, as HTML encodes it. */
  function toMultipart(data, boundary) {
    const parts = [];
    for (const [name, value] of listOf(data)) {
      const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"`;
      if (typeof value === 'string') {
        parts.push(inner.encode(`${head}\r\n\r\n${value.replace(/\r\n?|\n/g, '\r\n')}\r\n`));
      } else {
        parts.push(inner.encode(`${head}; filename="${escaped(value.name)}"\r\nContent-Type: ${value.type || 'application/octet-stream'}\r\n\r\n`), contentOf(value), inner.encode('\r\n'));
      }
    }
    parts.push(inner.encode(`--${boundary}--\r\n`));
    return joined(parts);
  }

  function find(bytes, wanted, from) {
    for (let at = bytes.indexOf(wanted[0], from); at >= 0; at = bytes.indexOf(wanted[0], at + 1)) {
      let i = 1;
      while (i < wanted.length && bytes[at + i] === wanted[i]) i++;
      if (i === wanted.length) return at;
    }
    return -1;
  }

  const unescaped = (text) => text.replace(/%0D%0A/gi, '\r\n').replace(/%22/g, '"');

  /** The other way; undefined where the bytes are none. */
  function fromMultipart(bytes, boundary) {
    const data = new FormData();
    const mark = inner.encode(`\r\n--${boundary}`);
    const all = joined([inner.encode('\r\n'), bytes]);
    let at = find(all, mark, 0);
    if (at !== 0) return undefined;
    for (;;) {
      const start = at + mark.length;
      if (all[start] === 45 && all[start + 1] === 45) return data;
      const headEnd = find(all, [13, 10, 13, 10], start);
      const end = headEnd < 0 ? -1 : find(all, mark, headEnd + 2);
      if (end < 0) return undefined;
      const head = inner.decode(all.subarray(start, headEnd));
      const name = /content-disposition:[^\r\n]*?[; ]name="([^"]*)"/i.exec(head);
      if (name === null) return undefined;
      const filename = /content-disposition:[^\r\n]*?[; ]filename="([^"]*)"/i.exec(head);
      const content = all.slice(headEnd + 4, Math.max(end, headEnd + 4));
      if (filename === null) data.append(unescaped(name[1]), inner.decode(content));
      else data.append(unescaped(name[1]), new File([over(content, '')], unescaped(filename[1]), { type: /content-type: *([^\r\n]*)/i.exec(head)?.[1] ?? 'text/plain' }));
      at = end;
    }
  }

  return { FormData, toMultipart, fromMultipart };
}
