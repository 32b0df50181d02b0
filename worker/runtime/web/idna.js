// tr46 for whatwg-url. Its tables are a bundle of their own, evaluated when a host has a character beyond ASCII or a label of Punycode.
let load;

export function loadWith(given) {
  load = given;
}

export function toASCII(domain, options) {
  if (/^[\x00-\x7f]*$/.test(domain) && !/(?:^|\.)xn--/i.test(domain)) return domain.toLowerCase();
  return load('idna-tables')(domain, options);
}
