import validator from 'validator';

export default () => [
  ['a@b.example', 'ä@b.example', 'a@b', 'a b@c.example'].map((text) => validator.isEmail(text)),
  ['http://a.example/b?c', 'ftp://a', 'a.example', 'http://u:p@[::1]:80/'].map((text) => validator.isURL(text)),
  ['1.2.3.4', '::1', '256.1.1.1'].map((text) => validator.isIP(text)),
  validator.isIBAN('DE89370400440532013000'),
  validator.isCreditCard('4111 1111 1111 1111'),
  validator.isISBN('978-3-16-148410-0'),
  validator.isUUID('6ba7b810-9dad-11d1-80b4-00c04fd430c8'),
  validator.isMobilePhone('+491701234567', 'de-DE'),
  validator.isISO8601('2024-02-30', { strict: true }),
  validator.normalizeEmail('Some.Name+tag@GMail.com'),
  validator.escape('<a href="x">&\'</a>'),
  [validator.trim('  a '), validator.toInt('12px'), validator.toBoolean('1'), validator.blacklist('abc', 'b')],
  validator.isStrongPassword('aB3$efgh', { returnScore: true }),
  [validator.isJSON('{"a":1}'), validator.isBase64('YQ=='), validator.isJWT('a.b.c'), validator.isPostalCode('1234', 'AT')],
];
