// Calls of the API from our own pages: the session's cookie signs them, the page says in which tenant they act.
import { word } from './words.js';

/** What the server refused, with its code and the fields it named. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? word('The server answered {0}.', status));
    this.status = status;
    this.code = problem.code ?? null;
    this.fields = problem.errors ?? [];
    this.problem = problem;
  }
}

/** The server was not reached. */
export class Unreachable extends Error {
  constructor() {
    super(word('The server was not reached. Nothing that you typed is lost; try again.'));
  }
}

/** JSON whose numbers keep their digits where the browser can: 12345678901234567890 and 1.10 go back as they came. */
export function parseExact(text) {
  if (typeof JSON.rawJSON !== 'function') return JSON.parse(text);
  return JSON.parse(text, (_, value, context) => typeof value === 'number' && context?.source !== undefined && context.source !== String(value) ? JSON.rawJSON(context.source) : value);
}

/**
 * @param {string} method
 * @param {string} path Under /api/v1, such as "/scripts".
 * @param {{body?: unknown, ifMatch?: string | null, signal?: AbortSignal, exact?: boolean, begun?: (headers: Headers) => void}} [more]
 *   exact: numbers of the answer keep their digits; begun: called with the head of a good answer, before its body has come
 * @returns {Promise<{value: any, etag: string | null}>}
 */
export async function call(method, path, { body, ifMatch, signal, exact, begun } = {}) {
  const headers = { 'X-Tenant': document.documentElement.dataset.tenant ?? '' };
  if (!headers['X-Tenant']) delete headers['X-Tenant'];
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (ifMatch) headers['If-Match'] = ifMatch;
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal, credentials: 'same-origin' });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable();
  }

  if (answer.ok) begun?.(answer.headers);
  const text = await answer.text();
  let value = null;
  try {
    value = text ? (exact ? parseExact(text) : JSON.parse(text)) : null;
  } catch {
    value = { detail: text.slice(0, 500) };
  }

  if (!answer.ok) throw new Refused(answer.status, value ?? {});
  return { value, etag: answer.headers.get('ETag') };
}

/**
 * Reads a stream of events until it ends.
 * @param {string} path Under /api/v1
 * @param {AbortSignal} signal
 * @param {(name: string, data: any) => void} take
 * @returns {Promise<number>} The status of the answer
 */
export async function stream(path, signal, take) {
  const tenant = document.documentElement.dataset.tenant;
  const headers = { Accept: 'text/event-stream', ...(tenant ? { 'X-Tenant': tenant } : {}) };
  const answer = await fetch(`/api/v1${path}`, { headers, signal, credentials: 'same-origin' });
  if (!answer.ok) return answer.status;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ''; ;) {
    const { value, done } = await reader.read();
    if (done) return answer.status;
    const events = (rest + value).split('\n\n');
    rest = events.pop();
    for (const event of events) {
      const field = name => event.split('\n').find(line => line.startsWith(`${name}: `))?.slice(name.length + 2);
      if (field('event')) take(field('event'), JSON.parse(field('data') ?? 'null'));
    }
  }
}

/** What a person reads of an error: the fields that it names, else its sentence; an ended session says how to go on without losing anything. */
export function told(error) {
  if (!(error instanceof Refused)) return error.message;
  if (error.status === 401) return word('Your session ended. Sign in again in another tab, then repeat this: nothing that you typed is lost.');
  return error.fields.length > 0 ? error.fields.map(field => `${field.field} ${field.message}`).join('; ') : error.message;
}
