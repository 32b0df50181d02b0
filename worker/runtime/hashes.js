// The hash functions. Evaluated for versions that name what needs them: their tables take time and memory that other scripts do not owe.
let hashes;
let mac;

export function loadHashes() {
  if (hashes !== undefined) return;
  const { sha256, sha384, sha512 } = require('@noble/hashes/sha2.js');
  const { md5, sha1 } = require('@noble/hashes/legacy.js');
  mac = require('@noble/hashes/hmac.js').hmac;
  hashes = { __proto__: null, md5, sha1, sha256, sha384, sha512 };
}

/** By the names of sdk.crypto. */
export function hashOf(name) {
  loadHashes();
  return hashes[name];
}

export function hmac(name, key, data) {
  const hash = hashOf(name);
  return mac(hash, key, data);
}
