// Group: Blob, File, FormData, Request and Response. fetch itself is the driver's; `inner` gives it what it needs of them.
import { makeBlobs } from './blob.js';
import { extract, formOf, makeBody } from './body.js';
import { makeFormData } from './form-data.js';
import { need, shape, usv } from './interface.js';

const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const FORBIDDEN = new Set(['CONNECT', 'TRACE', 'TRACK']);
const NORMAL = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);
const NULL_BODY = new Set([101, 103, 204, 205, 304]);
const REDIRECT = new Set([301, 302, 303, 307, 308]);
const REASON = /^[\t\x20-\x7e\x80-\xff]*$/;
const choices = { redirect: ['follow', 'error', 'manual'] };

export default (web, inner) => {
  const { Headers, URL } = web;
  const blobs = makeBlobs(inner);
  const forms = makeFormData(inner, blobs);
  const { cloneBlob, ...shared } = blobs;
  inner.cloners.push(cloneBlob);
  Object.assign(inner, shared, forms);
  Object.assign(web, { Blob: blobs.Blob, File: blobs.File, FormData: forms.FormData });
  const { Body, set, peek, use } = makeBody(web, inner);

  function setBody(target, body, headers) {
    const { bytes, type } = extract(web, inner, body);
    set(target, bytes);
    if (type !== null && !headers.has('content-type')) headers.set('content-type', type);
  }

  function copied(source, where) {
    const { bytes, used } = peek(source);
    if (used) throw new TypeError(`${where}: the body was read already`);
    return bytes;
  }

  /** Set by the class: a request as it is sent. */
  let outgoing;

  class Request extends Body {
    #url;
    #method = 'GET';
    #headers;
    #redirect = 'follow';
    #signal;
    #isWatched;

    constructor(input, init = undefined) {
      need(1, arguments.length, 'Request');
      super();
      const from = typeof input === 'object' && input !== null && #url in input ? input : null;
      const url = from === null ? new URL(usv(input)) : null;
      if (url !== null && (url.username !== '' || url.password !== '')) throw new TypeError('Request: the URL must not have a user name or a password');
      this.#url = from === null ? url.href : from.#url;
      this.#method = from === null ? 'GET' : from.#method;
      if (init?.method !== undefined) {
        const method = `${init.method}`;
        if (!METHOD.test(method) || FORBIDDEN.has(method.toUpperCase())) throw new TypeError(`Request: the method "${method.slice(0, 100)}" is not allowed`);
        this.#method = NORMAL.has(method.toUpperCase()) ? method.toUpperCase() : method;
      }
      this.#redirect = init?.redirect === undefined ? from?.#redirect ?? 'follow' : `${init.redirect}`;
      if (!choices.redirect.includes(this.#redirect)) throw new TypeError('Request: redirect must be follow, error or manual');
      this.#headers = new Headers(init?.headers ?? from?.#headers);
      const signals = [init?.signal === undefined ? from?.#signal : init.signal].filter((it) => it !== undefined && it !== null);
      this.#signal = web.AbortSignal.any(signals);
      this.#isWatched = init?.signal === undefined ? from?.#isWatched ?? false : signals.length > 0;
      const isBare = this.#method === 'GET' || this.#method === 'HEAD';
      const body = init?.body;
      if (body !== undefined && body !== null) {
        if (isBare) throw new TypeError(`Request: ${this.#method} has no body`);
        setBody(this, body, this.#headers);
      } else if (from !== null) {
        const bytes = copied(from, 'Request');
        if (bytes !== null && isBare) throw new TypeError(`Request: ${this.#method} has no body`);
        set(this, bytes);
        use(from);
      }
    }

    static {
      outgoing = (input, init) => {
        const request = new Request(input, init);
        return {
          url: request.#url, method: request.#method, headers: [...request.#headers], redirect: request.#redirect, signal: request.#signal,
          isWatched: request.#isWatched, bytes: peek(request).bytes,
        };
      };
    }

    get method() {
      return this.#method;
    }

    get url() {
      return this.#url;
    }

    get headers() {
      return this.#headers;
    }

    get redirect() {
      return this.#redirect;
    }

    get signal() {
      return this.#signal;
    }

    clone() {
      const bytes = copied(this, 'Request.clone');
      const made = new Request(this.#url, { method: this.#method, headers: this.#headers, redirect: this.#redirect, signal: this.#signal });
      made.#isWatched = this.#isWatched;
      set(made, bytes);
      return made;
    }
  }

  /** Set by the class: a Response of the network's. */
  let received;
  let isResponse;
  let partsOf;

  class Response extends Body {
    #status = 200;
    #statusText = '';
    #headers;
    #type = 'default';
    #url = '';
    #redirected = false;

    constructor(body = null, init = undefined) {
      super();
      const status = init?.status === undefined ? 200 : Math.trunc(Number(init.status)) || 0;
      if (status < 200 || status > 599) throw new RangeError('Response: the status must be from 200 to 599');
      const statusText = init?.statusText === undefined ? '' : `${init.statusText}`;
      if (!REASON.test(statusText)) throw new TypeError('Response: statusText has a character that HTTP does not allow');
      this.#status = status;
      this.#statusText = statusText;
      this.#headers = new Headers(init?.headers);
      if (body === null || body === undefined) return;
      if (NULL_BODY.has(status)) throw new TypeError(`Response: an answer with status ${status} has no body`);
      setBody(this, body, this.#headers);
    }

    static {
      received = (bytes, { status, statusText, headers, url, redirected }) => {
        const response = new Response();
        set(response, bytes);
        response.#status = status;
        response.#statusText = statusText;
        response.#headers = new Headers(headers);
        response.#type = 'basic';
        response.#url = url;
        response.#redirected = redirected;
        return response;
      };
      partsOf = (response) => {
        const { bytes, used } = peek(response);
        return { status: response.#status, headers: [...response.#headers], bytes, used };
      };
      isResponse = (value) => typeof value === 'object' && value !== null && #status in value;
    }

    static error() {
      const response = new Response();
      response.#status = 0;
      response.#type = 'error';
      return response;
    }

    static redirect(url, status = 302) {
      need(1, arguments.length, 'Response.redirect');
      const location = new URL(usv(url)).href;
      const code = Math.trunc(Number(status)) || 0;
      if (!REDIRECT.has(code)) throw new RangeError(`Response.redirect: ${code} is no status of a redirection`);
      return new Response(null, { status: code, headers: { location } });
    }

    static json(data, init = undefined) {
      need(1, arguments.length, 'Response.json');
      const text = JSON.stringify(data);
      if (text === undefined) throw new TypeError('Response.json: the value cannot be written as JSON');
      const response = new Response(text, init);
      if (!new Headers(init?.headers).has('content-type')) response.#headers.set('content-type', 'application/json');
      return response;
    }

    get type() {
      return this.#type;
    }

    get url() {
      return this.#url;
    }

    get redirected() {
      return this.#redirected;
    }

    get status() {
      return this.#status;
    }

    get ok() {
      return this.#status >= 200 && this.#status <= 299;
    }

    get statusText() {
      return this.#statusText;
    }

    get headers() {
      return this.#headers;
    }

    clone() {
      const made = received(copied(this, 'Response.clone'), { status: this.#status, statusText: this.#statusText, headers: this.#headers, url: this.#url, redirected: this.#redirected });
      made.#type = this.#type;
      return made;
    }
  }

  // As in a browser, Body is a mixin: its members are the two interfaces' own.
  for (const Class of [Request, Response]) {
    for (const key of Reflect.ownKeys(Body.prototype)) if (key !== 'constructor') Object.defineProperty(Class.prototype, key, Object.getOwnPropertyDescriptor(Body.prototype, key));
    Object.setPrototypeOf(Class.prototype, Object.prototype);
    shape(Class, Class === Request ? 'Request' : 'Response');
  }
  Object.defineProperty(Response, 'length', { value: 0 });

  Object.assign(inner, { received, isResponse, partsOf, outgoing, formOf: (body) => formOf(web, inner, body) });
  Object.assign(web, { Request, Response });
  return [Body];
};
