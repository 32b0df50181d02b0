// Bytes that a script hands in, and their base64.
import { apply, getOwnPropertyDescriptor, getPrototypeOf } from './language.js';

const TypedArray = getPrototypeOf(Uint8Array.prototype);
const viewBuffer = getOwnPropertyDescriptor(TypedArray, 'buffer').get;
const viewOffset = getOwnPropertyDescriptor(TypedArray, 'byteOffset').get;
const viewLength = getOwnPropertyDescriptor(TypedArray, 'byteLength').get;
const isView = ArrayBuffer.isView;

export function base64(bytes) {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const bits = (bytes[i] << 16) | ((left > 1 ? bytes[i + 1] : 0) << 8) | (left > 2 ? bytes[i + 2] : 0);
    text += digits[bits >> 18] + digits[(bits >> 12) & 63] + (left > 1 ? digits[(bits >> 6) & 63] : '=') + (left > 2 ? digits[bits & 63] : '=');
  }
  return text;
}

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
