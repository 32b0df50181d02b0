// sdk.respond: the answer of an http script, checked here so that what is wrong with it is told where it was written.
import { base64, bytesOf } from './bytes.js';
import { getOwnPropertyDescriptor, isArray, isObject, ownKeys, stringify } from './language.js';

// RFC 9110, 5.6.2: a field's name is a token. Its value goes out byte by byte, as Latin-1.
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
// RFC 9110, 5.3: fields that are no list may stand once.
const ONCE = new Set([
  'access-control-allow-credentials', 'access-control-allow-origin', 'access-control-max-age', 'age', 'content-disposition', 'content-length', 'content-location', 'content-range',
  'content-type', 'date', 'etag', 'expires', 'last-modified', 'location', 'referrer-policy', 'retry-after', 'server', 'strict-transport-security', 'x-frame-options',
]);

export function makeRespond(sdkError, describer, failure) {
  const invalid = (message) => sdkError('INVALID_ARGUMENT', message);

  /** Names and values as the constructor of Headers takes them: pairs in any iterable (a list, a Map, Headers), or an object. A value may be a list. */
  function* pairsOf(headers) {
    if (headers === undefined || headers === null) return;
    if (!isObject(headers)) throw invalid('sdk.respond: headers must be an object, a list of pairs, a Map or Headers');
    if (headers[Symbol.iterator] === undefined || headers[Symbol.iterator] === null) {
      for (const name of ownKeys(headers)) if (getOwnPropertyDescriptor(headers, name)?.enumerable) yield [name, headers[name]];
      return;
    }
    for (const pair of headers) {
      if (!isObject(pair) || pair.length !== 2) throw invalid('sdk.respond: each header in a list must be a pair of name and value');
      yield [pair[0], pair[1]];
    }
  }

  function headerLines(headers) {
    const lines = { __proto__: null };
    const names = new Map();
    for (const [name, given] of pairsOf(headers)) {
      if (typeof name !== 'string' || !NAME.test(name)) throw invalid(`sdk.respond: ${describer.describe(String(name), 100, true)} is no name of a header`);
      const lower = name.toLowerCase();
      if (!names.has(lower)) names.set(lower, name);
      const line = names.get(lower);
      const values = isArray(given) ? given : [given];
      for (let i = 0; i < values.length; i++) {
        const value = typeof values[i] === 'number' || typeof values[i] === 'boolean' ? `${values[i]}` : values[i];
        if (typeof value !== 'string' || !VALUE.test(value)) throw invalid(`sdk.respond: the value of the header ${name} is not allowed by HTTP`);
        if (lines[line] === undefined) lines[line] = value;
        else if (ONCE.has(lower)) throw invalid(`sdk.respond: the header ${name} may stand once, and comes twice`);
        else lines[line] = [...(isArray(lines[line]) ? lines[line] : [lines[line]]), value];
      }
    }
    return lines;
  }

  function bodyText(state, body, answer, type) {
    if (typeof body === 'string') {
      answer.body = body;
      return type('text/plain; charset=utf-8');
    }
    const bytes = bytesOf(body);
    if (bytes !== undefined) {
      if (bytes.length > state.outputMax) throw sdkError('OUTPUT_TOO_LARGE', `sdk.respond: the body is longer than the output limit of ${state.outputMax} bytes`);
      answer.body = base64(bytes);
      answer.bodyEncoding = 'base64';
      return type('application/octet-stream');
    }
    try {
      answer.body = stringify(body);
    } catch (error) {
      throw invalid(`sdk.respond: the body cannot be written as JSON: ${failure.isError(error) ? failure.messageOf(error) : 'toJSON threw'}`);
    }
    if (answer.body === undefined) throw invalid('sdk.respond: the body cannot be written as JSON');
    return type('application/json');
  }

  function answer(state, status, body, headers) {
    if (typeof status !== 'number' || status % 1 !== 0 || !(status >= 200 && status <= 599)) throw invalid('sdk.respond: status must be a whole number from 200 to 599');
    const lines = headerLines(headers);
    const typed = ownKeys(lines).some((name) => name.toLowerCase() === 'content-type');
    const made = { __proto__: null, status, headers: lines, body: null };
    if (body !== undefined && body !== null) bodyText(state, body, made, (type) => { if (!typed) lines['content-type'] = type; });
    state.responded = stringify(made);
  }

  return {
    by(state, status, body, headers) {
      if (!state.isHttp) throw invalid('sdk.respond: only a script of kind http can answer a request');
      answer(state, status, body, headers);
    },
    /** A Response that the script returned: it counts more than what sdk.respond was given. Its type is in its headers, if it has one. */
    with(state, { status, headers, bytes, used }, exactText) {
      if (used) throw invalid('Response: the body was read already, and cannot be sent');
      answer(state, status, bytes === null ? null : (exactText(bytes) ?? bytes), headers);
    },
  };
}
