// sdk.webhooks: the rules of the providers' signatures, as the supervisor's endpoints have them (WebhookSignature.cs).
import { base64, bytesOf, fromBase64, hex, sameBytes, utf8 } from '../bytes.js';
import { hmac } from '../hashes.js';
import { isObject, ownKeys } from '../language.js';

const TOLERANCE_SECONDS = 300;

function joined(...parts) {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const isNear = (stamp, tolerance) => /^[0-9]{1,15}$/.test(stamp) && Math.abs(Math.floor(Date.now() / 1000) - Number(stamp)) <= tolerance;
const isSame = (given, expected) => sameBytes(utf8(given), utf8(expected));
/** All are compared, whichever fits. */
const isAmong = (given, expected) => given.reduce((found, one) => isSame(one, expected) || found, false);
const mac = (key, prefix, body) => hmac('sha256', key, joined(utf8(prefix), body));

function hub(header, key, body) {
  const given = header('x-hub-signature-256');
  return given !== undefined && isSame(given.toLowerCase(), `sha256=${hex(mac(key, '', body))}`);
}

const PROVIDERS = {
  __proto__: null,
  stripe(header, key, body, tolerance) {
    const parts = (header('stripe-signature') ?? '').split(',').map((part) => part.trim());
    const stamps = parts.filter((part) => part.startsWith('t='));
    if (stamps.length !== 1 || !isNear(stamps[0].slice(2), tolerance)) return false;
    const given = parts.filter((part) => part.startsWith('v1=')).map((part) => part.slice(3).toLowerCase());
    return isAmong(given, hex(mac(key, `${stamps[0].slice(2)}.`, body)));
  },
  github: hub,
  meta: hub,
  slack(header, key, body, tolerance) {
    const given = header('x-slack-signature');
    const stamp = header('x-slack-request-timestamp');
    if (given === undefined || stamp === undefined || !isNear(stamp, tolerance)) return false;
    return isSame(given.toLowerCase(), `v0=${hex(mac(key, `v0:${stamp}:`, body))}`);
  },
  standard(header, key, body, tolerance) {
    const given = header('webhook-signature');
    const id = header('webhook-id');
    const stamp = header('webhook-timestamp');
    if (given === undefined || id === undefined || stamp === undefined || !isNear(stamp, tolerance)) return false;
    return isAmong(given.split(' '), `v1,${base64(mac(key, `${id}.${stamp}.`, body))}`);
  },
};

/** Values by lower-case name. A header that comes twice counts as one that is not there: each reader might believe another value. */
function readerOf(headers) {
  const values = new Map();
  const add = (name, value) => {
    const lower = String(name).toLowerCase();
    values.set(lower, values.has(lower) || typeof value !== 'string' || value === '' ? undefined : value);
  };
  if (typeof headers[Symbol.iterator] === 'function') for (const [name, value] of headers) add(name, value);
  else for (const name of ownKeys(headers)) add(name, headers[name]);
  return (name) => values.get(name);
}

export const webhooks = (invalid) => ({
  verify(provider, options) {
    const rule = typeof provider === 'string' ? PROVIDERS[provider] : undefined;
    if (rule === undefined) throw invalid('sdk.webhooks.verify: the provider must be one of stripe, github, slack, standard, meta');
    if (!isObject(options)) throw invalid('sdk.webhooks.verify: the options must be {secret, headers, rawBody}');
    const { secret, headers, rawBody, rawBodyEncoding, tolerance = TOLERANCE_SECONDS } = options;
    if (typeof secret !== 'string' || secret === '') throw invalid('sdk.webhooks.verify: secret must be a string');
    if (!isObject(headers)) throw invalid('sdk.webhooks.verify: headers must be an object, a Map or Headers');
    if (typeof rawBody !== 'string' && bytesOf(rawBody) === undefined) throw invalid('sdk.webhooks.verify: rawBody must be a string');
    if (rawBodyEncoding !== undefined && rawBodyEncoding !== 'base64') throw invalid('sdk.webhooks.verify: rawBodyEncoding must be base64, or be left out');
    if (typeof tolerance !== 'number' || !(tolerance >= 1 && tolerance <= 3600)) throw invalid('sdk.webhooks.verify: tolerance must be 1 to 3600 seconds');
    const text = secret.startsWith('whsec_') ? secret.slice(6) : secret;
    const key = provider === 'standard' ? fromBase64(text) : utf8(secret);
    if (key === undefined || key.length === 0) throw invalid('sdk.webhooks.verify: a secret of Standard Webhooks is whsec_ and base64');
    const encoded = rawBodyEncoding === 'base64' && typeof rawBody === 'string';
    const body = encoded ? fromBase64(rawBody) : typeof rawBody === 'string' ? utf8(rawBody) : bytesOf(rawBody);
    if (body === undefined) throw invalid('sdk.webhooks.verify: rawBody is no base64');
    return rule(readerOf(headers), key, body, tolerance);
  },
});
