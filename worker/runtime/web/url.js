// Group: URL and URLSearchParams, over the parser and serialiser of whatwg-url. Its own classes keep what they are made of where a script sees it.
import usm from 'whatwg-url/lib/url-state-machine.js';
import { loadWith } from './idna.js';
import { need, shape, usv } from './interface.js';
import { URLSearchParams, attach, refill, searchOf } from './url-search-params.js';

function parse(input, base) {
  let parsedBase = null;
  if (base !== undefined) {
    parsedBase = usm.basicURLParse(base);
    if (parsedBase === null) return null;
  }
  return usm.basicURLParse(input, { baseURL: parsedBase });
}

class URL {
  #url;
  #params = null;

  constructor(url, base = undefined) {
    need(1, arguments.length, 'URL');
    const input = usv(url);
    const against = base === undefined ? undefined : usv(base);
    const parsed = parse(input, against);
    if (parsed === null) throw new TypeError(`Invalid URL: ${input}${against === undefined ? '' : ` against ${against}`}`);
    this.#url = parsed;
  }

  static parse(url, base = undefined) {
    need(1, arguments.length, 'URL.parse');
    try {
      return new URL(usv(url), base);
    } catch (error) {
      if (error instanceof TypeError) return null;
      throw error;
    }
  }

  static canParse(url, base = undefined) {
    need(1, arguments.length, 'URL.canParse');
    return parse(usv(url), base === undefined ? undefined : usv(base)) !== null;
  }

  #override(input, stateOverride) {
    usm.basicURLParse(input, { url: this.#url, stateOverride });
  }

  #refill() {
    if (this.#params !== null) refill(this.#params, this.#url.query ?? '');
  }

  get href() {
    return usm.serializeURL(this.#url);
  }

  set href(value) {
    const parsed = usm.basicURLParse(usv(value));
    if (parsed === null) throw new TypeError(`Invalid URL: ${usv(value)}`);
    this.#url = parsed;
    this.#refill();
  }

  get origin() {
    return usm.serializeURLOrigin(this.#url);
  }

  get protocol() {
    return `${this.#url.scheme}:`;
  }

  set protocol(value) {
    this.#override(`${usv(value)}:`, 'scheme start');
  }

  get username() {
    return this.#url.username;
  }

  set username(value) {
    const given = usv(value);
    if (!usm.cannotHaveAUsernamePasswordPort(this.#url)) usm.setTheUsername(this.#url, given);
  }

  get password() {
    return this.#url.password;
  }

  set password(value) {
    const given = usv(value);
    if (!usm.cannotHaveAUsernamePasswordPort(this.#url)) usm.setThePassword(this.#url, given);
  }

  get host() {
    const { host, port } = this.#url;
    if (host === null) return '';
    return port === null ? usm.serializeHost(host) : `${usm.serializeHost(host)}:${port}`;
  }

  set host(value) {
    const given = usv(value);
    if (!usm.hasAnOpaquePath(this.#url)) this.#override(given, 'host');
  }

  get hostname() {
    return this.#url.host === null ? '' : usm.serializeHost(this.#url.host);
  }

  set hostname(value) {
    const given = usv(value);
    if (!usm.hasAnOpaquePath(this.#url)) this.#override(given, 'hostname');
  }

  get port() {
    return this.#url.port === null ? '' : `${this.#url.port}`;
  }

  set port(value) {
    const given = usv(value);
    if (usm.cannotHaveAUsernamePasswordPort(this.#url)) return;
    if (given === '') this.#url.port = null;
    else this.#override(given, 'port');
  }

  get pathname() {
    return usm.serializePath(this.#url);
  }

  set pathname(value) {
    const given = usv(value);
    if (usm.hasAnOpaquePath(this.#url)) return;
    this.#url.path = [];
    this.#override(given, 'path start');
  }

  get search() {
    const { query } = this.#url;
    return query === null || query === '' ? '' : `?${query}`;
  }

  set search(value) {
    const given = usv(value);
    if (given === '') {
      this.#url.query = null;
    } else {
      this.#url.query = '';
      this.#override(given.startsWith('?') ? given.slice(1) : given, 'query');
    }
    this.#refill();
  }

  get searchParams() {
    if (this.#params === null) {
      this.#params = new URLSearchParams();
      attach(this.#params, this.#url.query ?? '', (text) => { this.#url.query = text === '' ? null : text; });
    }
    return this.#params;
  }

  get hash() {
    const { fragment } = this.#url;
    return fragment === null || fragment === '' ? '' : `#${fragment}`;
  }

  set hash(value) {
    const given = usv(value);
    if (given === '') {
      this.#url.fragment = null;
      return;
    }
    this.#url.fragment = '';
    this.#override(given.startsWith('#') ? given.slice(1) : given, 'fragment');
  }

  toJSON() {
    return usm.serializeURL(this.#url);
  }

  toString() {
    return usm.serializeURL(this.#url);
  }
}
shape(URL, 'URL');

export default (web, inner, { load }) => {
  loadWith(load);
  Object.assign(inner, { searchOf });
  Object.assign(web, { URL, URLSearchParams });
  return [];
};
