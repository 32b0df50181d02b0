// Bytes that a script hands in or gets, and their base64.
import { apply, getOwnPropertyDescriptor, getPrototypeOf } from './language.js';

const TypedArray = getPrototypeOf(Uint8Array.prototype);
const viewBuffer = getOwnPropertyDescriptor(TypedArray, 'buffer').get;
const viewOffset = getOwnPropertyDescriptor(TypedArray, 'byteOffset').get;
const viewLength = getOwnPropertyDescriptor(TypedArray, 'byteLength').get;
const isView = ArrayBuffer.isView;

const encode = Uint8Array.prototype.toBase64;
const decode = Uint8Array.fromBase64;

export const base64 = (bytes) => apply(encode, bytes, []);
export const bytesOfBase64 = (text) => apply(decode, Uint8Array, [text]);

/** The bytes of a buffer or a view of one; undefined of anything else. */
export function bytesOf(body) {
  if (isView(body)) {
    try {
      return new Uint8Array(apply(viewBuffer, body, []), apply(viewOffset, body, []), apply(viewLength, body, []));
    } catch {
      return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
    }
  }
  return body instanceof ArrayBuffer ? new Uint8Array(body) : undefined;
}
