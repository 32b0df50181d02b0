// What Request and Response share: a body that is read once. There are no streams here: it is kept as bytes.
import { bytesOf } from './blob.js';

// By chance alone: a counter would tell one execution of another.
const boundary = () => `----formdata-${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`;

/** Bytes of a Blob or FormData, and the content type that it implies; undefined of anything else. */
export function formOf(web, inner, body) {
  if (inner.isBlob(body)) return { bytes: inner.contentOf(body), type: body.type || null };
  if (!(body instanceof web.FormData)) return undefined;
  const mark = boundary();
  return { bytes: inner.toMultipart(body, mark), type: `multipart/form-data; boundary=${mark}` };
}

/** Bytes of what fetch takes for a body, and the content type that it implies. */
export function extract(web, inner, body) {
  const form = formOf(web, inner, body);
  if (form !== undefined) return form;
  const bytes = bytesOf(body);
  if (bytes !== undefined) return { bytes: bytes.slice(), type: null };
  const search = inner.searchOf(body);
  if (search !== undefined) return { bytes: inner.encode(search.text), type: search.type };
  return { bytes: inner.encode(`${body}`), type: 'text/plain;charset=UTF-8' };
}

/** A class whose objects have a body: `set` gives it, `peek` reads it, `use` says that it was read. */
export function makeBody(web, inner) {
  let set;
  let peek;
  let use;

  class Body {
    #bytes = null;
    #used = false;

    static {
      set = (body, bytes) => { body.#bytes = bytes; };
      peek = (body) => ({ bytes: body.#bytes, used: body.#used });
      use = (body) => { body.#used = body.#bytes !== null; };
    }

    #take(where) {
      if (this.#used) throw new TypeError(`${where}: the body was read already`);
      if (this.#bytes === null) return new Uint8Array(0);
      this.#used = true;
      return this.#bytes;
    }

    get bodyUsed() {
      return this.#used;
    }

    async arrayBuffer() {
      return this.#take('arrayBuffer').slice().buffer;
    }

    async blob() {
      return inner.over(this.#take('blob').slice(), this.headers.get('content-type') ?? '');
    }

    async bytes() {
      return this.#take('bytes').slice();
    }

    async json() {
      return JSON.parse(inner.decode(this.#take('json')));
    }

    async text() {
      return inner.decode(this.#take('text'));
    }

    async formData() {
      const type = this.headers.get('content-type') ?? '';
      const bytes = this.#take('formData');
      const mark = /^multipart\/form-data\b.*;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(type);
      if (mark !== null) {
        const data = inner.fromMultipart(bytes, mark[1] ?? mark[2]);
        if (data !== undefined) return data;
      } else if (/^application\/x-www-form-urlencoded\b/i.test(type)) {
        const data = new web.FormData();
        // A byte order mark is part of the first name here.
        const text = `${bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? '\ufeff' : ''}${inner.decode(bytes)}`;
        for (const [name, value] of new web.URLSearchParams(text)) data.append(name, value);
        return data;
      }
      throw new TypeError('formData: the body is no form');
    }
  }
  return { Body, set, peek, use };
}
