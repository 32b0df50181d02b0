// sdk.crypto: hashes and signatures of texts and bytes, within the isolate.
import { base64, base64url, bytesOf, hex, sameBytes, utf8 } from '../bytes.js';
import { hashOf, hmac } from '../hashes.js';

const ENCODERS = { __proto__: null, hex, base64, base64url, bytes: (bytes) => bytes };

export const crypto = (invalid) => {
  function input(value, method, name) {
    const bytes = typeof value === 'string' ? utf8(value) : bytesOf(value);
    if (bytes === undefined) throw invalid(`sdk.crypto.${method}: ${name} must be a string, an ArrayBuffer or a typed array`);
    return bytes;
  }

  function checked(method, alg, encoding) {
    if (typeof alg !== 'string' || hashOf(alg) === undefined) throw invalid(`sdk.crypto.${method}: the algorithm must be one of md5, sha1, sha256, sha384, sha512`);
    const encode = typeof encoding === 'string' ? ENCODERS[encoding] : undefined;
    if (encode === undefined) throw invalid(`sdk.crypto.${method}: the encoding must be one of hex, base64, base64url, bytes`);
    return (bytes) => encode(bytes);
  }

  return {
    hash(alg, data, encoding = 'hex') {
      const encode = checked('hash', alg, encoding);
      return encode(hashOf(alg)(input(data, 'hash', 'data')));
    },
    hmac(alg, key, data, encoding = 'hex') {
      const encode = checked('hmac', alg, encoding);
      return encode(hmac(alg, input(key, 'hmac', 'key'), input(data, 'hmac', 'data')));
    },
    timingSafeEqual: (a, b) => sameBytes(input(a, 'timingSafeEqual', 'a'), input(b, 'timingSafeEqual', 'b')),
  };
};
