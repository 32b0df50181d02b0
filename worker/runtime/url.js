// V8 has no URL. The validator needs of it what RFC 3986 has: a reference resolved against a base, and its fragment.
import { resolve } from 'fast-uri';

export class URL {
  #href;

  constructor(reference, base) {
    this.#href = base === undefined ? reference : resolve(base, reference);
  }

  get href() {
    return this.#href;
  }

  get hash() {
    const at = this.#href.indexOf('#');
    return at < 0 || at === this.#href.length - 1 ? '' : this.#href.slice(at);
  }

  set hash(fragment) {
    const at = this.#href.indexOf('#');
    this.#href = `${at < 0 ? this.#href : this.#href.slice(0, at)}${fragment === '' ? '' : `#${fragment}`}`;
  }
}
