// fetch: a binding of the execution, over the capabilities that sdk.http has too. Its group has Request and Response.
import { freeze, then } from './language.js';
import { base64, bytesOfBase64 } from './bytes.js';

/** Milliseconds: the longest that the broker waits. */
const TIMEOUT_MAX = 300_000;
const NULL_BODY = new Set([204, 205, 304]);

export function makeFetchMaker(web, inner, call) {
  function responseOf(method, given) {
    const isEmpty = method === 'HEAD' || NULL_BODY.has(given.status);
    const bytes = isEmpty ? null : given.base64 === true ? bytesOfBase64(given.body) : inner.encode(given.body);
    return inner.received(bytes, given);
  }

  async function exchange(state, input, init) {
    const { url, method, headers, redirect, signal, isWatched, bytes } = inner.outgoing(input, init);
    if (signal.aborted) throw signal.reason;
    const sent = { headers, redirect };
    if (bytes !== null) {
      sent.body = base64(bytes);
      sent.bodyEncoding = 'base64';
    }
    // Without a signal it ends as a call of sdk.http does. With one, the script says when.
    if (isWatched) sent.timeout = TIMEOUT_MAX;
    const args = [method, url, sent];
    const isUnwanted = () => signal.aborted;
    return new Promise((resolve, reject) => {
      inner.onAbort(signal, () => reject(signal.reason));
      const answer = method === 'GET' || method === 'HEAD' ? call(state, 'http.read', args, isUnwanted) : call(state, 'http.send', args, isUnwanted);
      then(then(answer, (given) => responseOf(method, given)), resolve, reject);
    });
  }

  return (state) => freeze({
    fetch(input, init = undefined) {
      return exchange(state, input, init);
    },
  }.fetch);
}
