import Decimal from 'decimal.js';

export default () => [
  new Decimal('0.1').plus('0.2'),
  new Decimal(1).div(3).toString(),
  new Decimal('123.456').toFixed(1),
  Decimal.sqrt(2).toPrecision(15),
  new Decimal(2).pow('0.5').toString(),
  new Decimal('1e-7').toString(),
  new Decimal('255').toHex(),
  new Decimal('-1.5').round().toNumber(),
  Decimal.max(1, '3', 2).toString(),
  new Decimal('12345.678').toDecimalPlaces(1, Decimal.ROUND_DOWN).toString(),
  [new Decimal('NaN').isNaN(), new Decimal(1).cmp(2), new Decimal('5').mod(3).eq(2)],
  Decimal.clone({ precision: 40 }).exp(1).toString(),
  new Decimal('0.3333').toFraction(100).map(String),
  (() => { try { return new Decimal('x'); } catch (error) { return error.message; } })(),
];
