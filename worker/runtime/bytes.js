// Bytes and the texts that stand for them: a script's own TextEncoder is a group of its own, and may not be there.
import { apply, getOwnPropertyDescriptor, getPrototypeOf } from './language.js';

const TypedArray = getPrototypeOf(Uint8Array.prototype);
const viewBuffer = getOwnPropertyDescriptor(TypedArray, 'buffer').get;
const viewOffset = getOwnPropertyDescriptor(TypedArray, 'byteOffset').get;
const viewLength = getOwnPropertyDescriptor(TypedArray, 'byteLength').get;
const isView = ArrayBuffer.isView;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A view of the same bytes; undefined where the value has none. */
export function bytesOf(value) {
  if (isView(value)) {
    try {
      return new Uint8Array(apply(viewBuffer, value, []), apply(viewOffset, value, []), apply(viewLength, value, []));
    } catch {
      return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    }
  }
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}

/** UTF-8; a lone surrogate is U+FFFD, as TextEncoder writes it. */
export function utf8(text) {
  const whole = text.toWellFormed();
  let length = whole.length;
  for (let i = 0; i < whole.length; i++) {
    const code = whole.charCodeAt(i);
    if (code > 0x7f) length += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  const bytes = new Uint8Array(length);
  for (let i = 0, at = 0; i < whole.length; i++) {
    const code = whole.codePointAt(i);
    if (code < 0x80) {
      bytes[at++] = code;
      continue;
    }
    if (code > 0xffff) {
      bytes[at++] = 0xf0 | (code >> 18);
      bytes[at++] = 0x80 | ((code >> 12) & 63);
      i++;
    } else if (code > 0x7ff) {
      bytes[at++] = 0xe0 | (code >> 12);
    } else {
      bytes[at++] = 0xc0 | (code >> 6);
      bytes[at++] = 0x80 | (code & 63);
      continue;
    }
    bytes[at++] = 0x80 | ((code >> 6) & 63);
    bytes[at++] = 0x80 | (code & 63);
  }
  return bytes;
}

const encode = Uint8Array.prototype.toBase64;
const decode = Uint8Array.fromBase64;

export const base64 = (bytes) => apply(encode, bytes, []);
export const bytesOfBase64 = (text) => apply(decode, Uint8Array, [text]);

export const base64url = (bytes) => apply(encode, bytes, [{ alphabet: 'base64url', omitPadding: true }]);

/** The bytes of base64 with its padding or of base64url without; undefined where the text is neither. */
export function fromBase64(text) {
  const plain = text.length % 4 === 0 ? text.replace(/={1,2}$/, '') : text;
  if (plain.length % 4 === 1 || !/^[A-Za-z0-9+/_-]*$/.test(plain)) return undefined;
  const bytes = new Uint8Array(Math.floor((plain.length * 3) / 4));
  let bits = 0;
  for (let i = 0, at = 0; i < plain.length; i++) {
    const digit = plain[i];
    bits = ((bits << 6) | (digit === '-' ? 62 : digit === '_' ? 63 : BASE64.indexOf(digit))) & 0xffffff;
    if (i % 4 !== 0) bytes[at++] = (bits >> (6 - 2 * (i % 4))) & 0xff;
  }
  return bytes;
}

export function hex(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += (bytes[i] < 16 ? '0' : '') + bytes[i].toString(16);
  return text;
}

/** Takes as long wherever they differ. Their lengths are no secret. */
export function sameBytes(a, b) {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i];
  return difference === 0;
}
