// The global crypto, as the web has it: random numbers of the host, digests, and HMAC with keys whose bytes only exportKey gives.
import { base64url, bytesOf, fromBase64, hex, sameBytes } from './bytes.js';
import { hashOf, hmac } from './hashes.js';
import { apply, defineProperty, freeze, getOwnPropertyDescriptor, getPrototypeOf, isArray, isObject } from './language.js';

const RANDOM_BYTES_MAX = 65536;
const HASHES = { __proto__: null, 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' };
const JWK_NAMES = { __proto__: null, 'SHA-1': 'HS1', 'SHA-256': 'HS256', 'SHA-384': 'HS384', 'SHA-512': 'HS512' };
const INTEGERS = new Set(['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'BigInt64Array', 'BigUint64Array']);
const { get: kindOf } = getOwnPropertyDescriptor(getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
const secrets = new WeakMap();

function failed(name, message) {
  const error = new Error(message);
  defineProperty(error, 'name', { value: name, writable: true, enumerable: false, configurable: true });
  return error;
}

const isName = (value, name) => typeof value === 'string' && value.toUpperCase() === name;
const nameOf = (algorithm) => (isObject(algorithm) ? algorithm.name : algorithm);

function hashName(algorithm) {
  const name = String(nameOf(algorithm)).toUpperCase();
  if (HASHES[name] === undefined) throw failed('NotSupportedError', 'The hash must be one of SHA-1, SHA-256, SHA-384, SHA-512');
  return name;
}

function copyOf(data) {
  const bytes = bytesOf(data);
  if (bytes === undefined) throw new TypeError('The data must be an ArrayBuffer or a view of one');
  return bytes.slice();
}

function ownedBy(key, algorithm, use) {
  const secret = isObject(key) ? secrets.get(key) : undefined;
  if (secret === undefined) throw new TypeError('The key must be a CryptoKey');
  if (use !== undefined && (!isName(nameOf(algorithm), 'HMAC') || !key.usages.includes(use))) throw failed('InvalidAccessError', `The key is not one to ${use} with this algorithm`);
  return secret;
}

function jwkBytes(jwk, hash, extractable, usages) {
  if (!isObject(jwk) || jwk.kty !== 'oct' || typeof jwk.k !== 'string') throw failed('DataError', 'The key must be a JSON Web Key of kty oct with k');
  const bytes = fromBase64(jwk.k);
  if (bytes === undefined || jwk.k.includes('=')) throw failed('DataError', 'k must be base64url');
  if (jwk.alg !== undefined && jwk.alg !== JWK_NAMES[hash]) throw failed('DataError', `alg must be ${JWK_NAMES[hash]}`);
  if (jwk.ext === false && extractable) throw failed('DataError', 'The key says that it is not extractable');
  if (jwk.key_ops !== undefined && !(isArray(jwk.key_ops) && usages.every((use) => jwk.key_ops.includes(use)))) throw failed('DataError', 'key_ops does not have every usage');
  return bytes;
}

function keyBytes(format, data, hash, extractable, usages) {
  if (format === 'raw') return copyOf(data);
  if (format === 'jwk') return jwkBytes(data, hash, extractable, usages);
  throw failed('NotSupportedError', 'The format must be raw or jwk');
}

function makeSubtle(handInMethods) {
  function makeKey(bytes, hash, extractable, usages) {
    const algorithm = freeze({ name: 'HMAC', hash: freeze({ name: hash }), length: bytes.length * 8 });
    const key = freeze({ type: 'secret', extractable, algorithm, usages: freeze([...usages]) });
    secrets.set(key, bytes);
    return key;
  }
  const sign = (key, secret, data) => hmac(HASHES[key.algorithm.hash.name], secret, copyOf(data));

  return handInMethods({
    digest: async (algorithm, data) => hashOf(HASHES[hashName(algorithm)])(copyOf(data)).slice().buffer,
    importKey: async (format, data, algorithm, extractable, usages) => {
      if (!isName(nameOf(algorithm), 'HMAC')) throw failed('NotSupportedError', 'The algorithm must be HMAC');
      const hash = hashName(algorithm.hash);
      const uses = ['sign', 'verify'].filter((use) => [...usages].includes(use));
      if (uses.length === 0 || ![...usages].every((use) => uses.includes(use))) throw new SyntaxError('The usages must be sign, verify or both');
      const bytes = keyBytes(format, data, hash, Boolean(extractable), uses);
      if (bytes.length === 0) throw failed('DataError', 'The key is empty');
      if (algorithm.length !== undefined && algorithm.length !== bytes.length * 8) throw failed('DataError', 'length must be that of the key, in bits');
      return makeKey(bytes, hash, Boolean(extractable), uses);
    },
    exportKey: async (format, key) => {
      const secret = ownedBy(key);
      if (!key.extractable) throw failed('InvalidAccessError', 'The key is not extractable');
      if (format === 'raw') return secret.slice().buffer;
      if (format !== 'jwk') throw failed('NotSupportedError', 'The format must be raw or jwk');
      return { kty: 'oct', k: base64url(secret), alg: JWK_NAMES[key.algorithm.hash.name], key_ops: [...key.usages], ext: true };
    },
    sign: async (algorithm, key, data) => sign(key, ownedBy(key, algorithm, 'sign'), data).slice().buffer,
    verify: async (algorithm, key, signature, data) => sameBytes(sign(key, ownedBy(key, algorithm, 'verify'), data), copyOf(signature)),
  });
}

/** @param random gives so many random bytes, each as one character. */
export function makeCrypto(random, handInMethods) {
  function fill(bytes) {
    const text = random(bytes.length);
    if (text.length !== bytes.length) throw failed('OperationError', 'There is no randomness');
    for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  }

  return handInMethods({
    subtle: makeSubtle(handInMethods),
    getRandomValues(array) {
      const kind = ArrayBuffer.isView(array) && !(array instanceof DataView) ? apply(kindOf, array, []) : undefined;
      if (!INTEGERS.has(kind)) throw failed('TypeMismatchError', 'getRandomValues: the array must be a typed array of integers');
      const bytes = bytesOf(array);
      if (bytes.length > RANDOM_BYTES_MAX) throw failed('QuotaExceededError', `getRandomValues: the array has ${bytes.length} bytes; at most ${RANDOM_BYTES_MAX} are filled`);
      fill(bytes);
      return array;
    },
    randomUUID() {
      const bytes = new Uint8Array(16);
      fill(bytes);
      bytes[6] = (bytes[6] & 0x0f) | 0x40;
      bytes[8] = (bytes[8] & 0x3f) | 0x80;
      const digits = hex(bytes);
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
    },
  });
}
