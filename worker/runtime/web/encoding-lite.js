// Put in front of whatwg-url, which takes these for the platform's own.
export { TextDecoder, TextEncoder } from '@exodus/bytes/encoding-lite.js';
