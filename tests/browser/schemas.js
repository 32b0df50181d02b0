// What the editor makes of an input schema: a value to try, and a type for completion. It needs no browser.
import { deepStrictEqual } from 'node:assert/strict';
import { generate } from '../../web/Scripts/editor/generate.js';
import { inputType } from '../../web/Scripts/editor/input-type.js';

const order = {
  type: 'object', required: ['id', 'lines', 'at', 'kind', 'mail'],
  properties: {
    id: { type: 'integer', minimum: 1 }, note: { type: 'string' }, at: { type: 'string', format: 'date-time' }, kind: { enum: ['new', 'old'] },
    mail: { type: ['string', 'null'], format: 'email' }, lines: { type: 'array', minItems: 1, items: { $ref: '#/$defs/line' } },
  },
  $defs: { line: { type: 'object', required: ['name', 'amount'], properties: { name: { type: 'string', minLength: 3 }, amount: { type: 'number', exclusiveMinimum: 0, maximum: 1 } } } },
};
const endless = { $ref: '#' };
const tree = { type: 'object', required: ['next'], properties: { next: { $ref: '#' } } };
const plain = value => JSON.parse(JSON.stringify(value));

for (const [schema, value] of [
  [order, { id: 1, lines: [{ name: 'xxx', amount: 0.5 }], at: '2026-01-31T08:00:00Z', kind: 'new', mail: 'ann@example.com' }],
  [{ const: 7 }, 7], [{ type: 'string', default: 'd', examples: ['e'] }, 'd'], [{ type: 'string', examples: ['e'] }, 'e'],
  [{ type: 'integer', minimum: 5, multipleOf: 4 }, 8], [{ type: 'integer', exclusiveMinimum: 3 }, 4], [{ type: 'integer', maximum: -2 }, -2], [{ type: 'number', exclusiveMaximum: 0 }, -1],
  [{ allOf: [{ required: ['a'] }, { required: ['b'], properties: { b: { type: 'boolean' } } }], properties: { a: { type: 'string' } } }, { a: '', b: false }],
  [{ oneOf: [{ type: 'string', format: 'uuid' }, { type: 'null' }] }, '00000000-0000-4000-8000-000000000000'],
  [{ type: 'array', prefixItems: [{ type: 'string' }, { const: 1 }] }, ['', 1]], [{}, null], [true, null], [endless, null], [{ $ref: 'https://example.com/x' }, null],
  [{ required: ['__proto__'], properties: JSON.parse('{"__proto__":{"const":1}}') }, JSON.parse('{"__proto__":1}')],
]) deepStrictEqual(plain(generate(schema)), value, JSON.stringify(schema));
deepStrictEqual(JSON.stringify(generate(tree)).length < 200, true, 'a schema within itself ends');

for (const [schema, text] of [
  [{ type: 'object', additionalProperties: false, required: ['n'], properties: { n: { type: 'integer' }, tags: { type: 'array', items: { type: 'string' } } } }, '{ "n": number; "tags"?: (string)[] }'],
  [{ type: 'object', additionalProperties: { type: 'number' } }, '{ [name: string]: number }'],
  [{ enum: ['a', 1, null] }, '("a") | (1) | (null)'], [{ type: ['string', 'null'] }, '(string) | (null)'],
  [{ $ref: '#/$defs/a~1b', $defs: { 'a/b': { const: true } } }, 'true'],
  [{ anyOf: [{ type: 'string' }, { pattern: 'x' }] }, 'any'], [{ type: 'unheard-of' }, 'any'], [endless, 'any'], [null, 'any'],
]) deepStrictEqual(inputType(schema), text, JSON.stringify(schema));
const wide = { type: 'object', properties: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`p${i}`, { $ref: '#' }])) };
deepStrictEqual(inputType(wide).length <= 20_000, true, 'a type has an end');
