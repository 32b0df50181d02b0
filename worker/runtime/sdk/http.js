// sdk.http: requests over HTTP, made by the supervisor.
import { isArray, isObject, ownKeys, parse, stringify } from '../language.js';
import { base64, bytesOf } from '../bytes.js';

const READS = new Set(['GET', 'HEAD']);
const OPTIONS = new Set(['headers', 'query', 'body', 'timeout', 'redirect', 'connection']);

export function makeHttp(invalid, inner) {
  const textOf = (value, what) => {
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return `${value}`;
    throw invalid(`${what} must be a string or a number`);
  };

  /** As the constructor of Headers takes them: pairs in any iterable, or an object whose values may be lists. */
  function pairsOf(headers) {
    const pairs = [];
    if (headers === undefined || headers === null) return pairs;
    if (!isObject(headers)) throw invalid('sdk.http: headers must be an object, a list of pairs, a Map or Headers');
    if (headers[Symbol.iterator] !== undefined && headers[Symbol.iterator] !== null) {
      for (const pair of headers) {
        if (!isObject(pair) || pair.length !== 2) throw invalid('sdk.http: each header in a list must be a pair of name and value');
        pairs.push([textOf(pair[0], 'sdk.http: the name of a header'), textOf(pair[1], `sdk.http: the header ${pair[0]}`)]);
      }
      return pairs;
    }
    for (const name of ownKeys(headers)) {
      if (typeof name !== 'string' || headers[name] === undefined || headers[name] === null) continue;
      for (const value of isArray(headers[name]) ? headers[name] : [headers[name]]) pairs.push([name, textOf(value, `sdk.http: the header ${name}`)]);
    }
    return pairs;
  }

  /** The URL with what `query` adds: a list is its name several times, undefined and null are left out. */
  function withQuery(url, query) {
    const text = typeof url === 'string' ? url : isObject(url) && typeof url.href === 'string' ? url.href : undefined;
    if (text === undefined) throw invalid('sdk.http: url must be a string or a URL');
    if (query === undefined || query === null) return text;
    if (!isObject(query)) throw invalid('sdk.http: query must be an object');
    let added = '';
    const pairs = query[Symbol.iterator] !== undefined && query[Symbol.iterator] !== null ? [...query] : ownKeys(query).map((name) => [name, query[name]]);
    for (const [name, given] of pairs) {
      for (const value of isArray(given) ? given : [given]) {
        if (value === undefined || value === null) continue;
        added += `${added === '' ? '' : '&'}${encodeURIComponent(textOf(name, 'sdk.http: a name of query'))}=${encodeURIComponent(textOf(value, `sdk.http: query.${name}`))}`;
      }
    }
    if (added === '') return text;
    const hash = text.indexOf('#');
    const before = hash < 0 ? text : text.slice(0, hash);
    return `${before}${before.includes('?') ? '&' : '?'}${added}`;
  }

  function addBody(sent, body) {
    if (body === undefined || body === null) return;
    const typed = sent.headers.some(([name]) => name.toLowerCase() === 'content-type');
    const type = (value) => { if (!typed) sent.headers.push(['content-type', value]); };
    const bytes = bytesOf(body);
    if (bytes !== undefined) {
      sent.body = base64(bytes);
      sent.bodyEncoding = 'base64';
      return type('application/octet-stream');
    }
    const form = inner.formOf?.(body) ?? inner.searchOf?.(body);
    if (form !== undefined) {
      sent.body = form.text ?? base64(form.bytes);
      if (form.text === undefined) sent.bodyEncoding = 'base64';
      return type(form.type ?? 'application/octet-stream');
    }
    if (typeof body === 'string') {
      sent.body = body;
      return type('text/plain;charset=UTF-8');
    }
    sent.body = stringify(body);
    if (sent.body === undefined) throw invalid('sdk.http: body cannot be written as JSON');
    return type('application/json');
  }

  function isJson(headers) {
    const type = headers['content-type'];
    if (typeof type !== 'string') return false;
    const essence = type.split(';')[0].trim().toLowerCase();
    return essence === 'application/json' || essence === 'text/json' || essence.endsWith('+json');
  }

  function answerOf(given) {
    const headers = {};
    for (const [name, value] of given.headers) {
      const had = headers[name];
      headers[name] = had === undefined ? value : name !== 'set-cookie' ? `${had}, ${value}` : isArray(had) ? [...had, value] : [had, value];
    }
    const text = given.base64 === true ? '' : given.body;
    let body = text;
    if (isJson(headers)) {
      try { body = parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text); } catch { body = text; }
    }
    return { status: given.status, ok: given.status >= 200 && given.status <= 299, headers, body, text };
  }

  return (call) => {
    const request = async (method, url, opts) => {
      if (typeof method !== 'string') throw invalid('sdk.http.request: method must be a string');
      if (opts !== undefined && opts !== null && !isObject(opts)) throw invalid('sdk.http: the options must be an object');
      const options = opts ?? {};
      for (const name in options) if (!OPTIONS.has(name)) throw invalid(`sdk.http: there is no option ${name}; there are ${[...OPTIONS].join(', ')}`);
      const sent = { headers: pairsOf(options.headers), timeout: options.timeout, redirect: options.redirect, connection: options.connection, as: 'text' };
      addBody(sent, options.body);
      const upper = method.toUpperCase();
      const target = withQuery(url, options.query);
      return answerOf(await (READS.has(upper) ? call('http.read', upper, target, sent) : call('http.send', upper, target, sent)));
    };
    const withBody = (method) => (url, body, opts) => request(method, url, { ...opts, body });
    return {
      get: (url, opts) => request('GET', url, opts),
      head: (url, opts) => request('HEAD', url, opts),
      delete: (url, opts) => request('DELETE', url, opts),
      post: withBody('POST'),
      put: withBody('PUT'),
      patch: withBody('PATCH'),
      request,
    };
  };
}
