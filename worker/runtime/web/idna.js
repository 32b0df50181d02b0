// tr46 for whatwg-url. Its tables are large: nothing of them is evaluated before a host has a character beyond ASCII or a label of Punycode.
export function toASCII(domain, options) {
  if (/^[\x00-\x7f]*$/.test(domain) && !/(?:^|\.)xn--/i.test(domain)) return domain.toLowerCase();
  return require('../../node_modules/tr46/index.js').toASCII(domain, options);
}
