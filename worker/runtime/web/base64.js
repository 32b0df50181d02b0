// atob and btoa: forgiving-base64 of the Infra Standard, in time that grows with the text.
import { DOMException } from './exception.js';
import { need } from './interface.js';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PIECE = 8192;
const BAD = 255;
const values = new Uint8Array(128).fill(BAD);
for (let i = 0; i < DIGITS.length; i++) values[DIGITS.charCodeAt(i)] = i;

function textOf(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return text;
}

export function atob(data) {
  need(1, arguments.length, 'atob');
  const invalid = () => new DOMException('The string to be decoded is not correctly encoded', 'InvalidCharacterError');
  let text = `${data}`.replace(/[\t\n\f\r ]+/g, '');
  if (text.length % 4 === 0) text = text.endsWith('==') ? text.slice(0, -2) : text.endsWith('=') ? text.slice(0, -1) : text;
  if (text.length % 4 === 1) throw invalid();
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let count = 0;
  let end = 0;
  for (let i = 0; i < text.length; i++) {
    const value = values[text.charCodeAt(i)] ?? BAD;
    if (value === BAD) throw invalid();
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes[end++] = bits >> count;
    }
  }
  return textOf(bytes);
}

export function btoa(data) {
  need(1, arguments.length, 'btoa');
  const text = `${data}`;
  const codes = new Uint8Array(Math.ceil(text.length / 3) * 4);
  let end = 0;
  for (let i = 0; i < text.length; i += 3) {
    const first = text.charCodeAt(i);
    const second = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
    const third = i + 2 < text.length ? text.charCodeAt(i + 2) : 0;
    if (first > 255 || second > 255 || third > 255) {
      throw new DOMException('The string to be encoded contains characters outside of the Latin1 range', 'InvalidCharacterError');
    }
    const bits = (first << 16) | (second << 8) | third;
    codes[end++] = DIGITS.charCodeAt(bits >> 18);
    codes[end++] = DIGITS.charCodeAt((bits >> 12) & 63);
    codes[end++] = i + 1 < text.length ? DIGITS.charCodeAt((bits >> 6) & 63) : 61;
    codes[end++] = i + 2 < text.length ? DIGITS.charCodeAt(bits & 63) : 61;
  }
  return textOf(codes);
}
