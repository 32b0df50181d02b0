// The TypeScript type of what an input schema allows, for the completion of context.input. What it does not know is any.
import { DEPTH_MAX, isObject, resolved } from './references.js';

const LENGTH_MAX = 20_000;
const TYPES = { string: 'string', integer: 'number', number: 'number', boolean: 'boolean', null: 'null' };

/**
 * @param {any} schema JSON Schema
 * @returns {string} A type's text; any for none
 */
export function inputType(schema) {
  const written = type(schema, { root: schema, left: LENGTH_MAX }, 0);
  return written.length > LENGTH_MAX ? 'any' : written;
}

function type(schema, budget, depth) {
  // References within each other would make a text without end.
  budget.left -= 10;
  if (!isObject(schema) || depth > DEPTH_MAX || budget.left < 0) return 'any';
  if (Object.hasOwn(schema, 'const')) return literal(schema.const);
  if (Array.isArray(schema.enum)) return union(schema.enum.map(literal));
  const { allOf, anyOf, oneOf, $ref, ...own } = schema;
  const next = part => type(part, budget, depth + 1);
  const parts = [];
  if ($ref !== undefined) parts.push(next(resolved(budget.root, $ref)));
  if (Array.isArray(allOf)) parts.push(...allOf.map(next));
  for (const some of [anyOf, oneOf]) if (Array.isArray(some)) parts.push(union(some.map(next)));
  const plain = ofOwn(own, next);
  if (plain !== 'any') parts.push(plain);
  const known = [...new Set(parts)].filter(part => part !== 'any');
  return known.length === 0 ? 'any' : known.length === 1 ? known[0] : known.map(part => `(${part})`).join(' & ');
}

function ofOwn(schema, next) {
  const names = Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [schema.properties ? 'object' : schema.items || schema.prefixItems ? 'array' : ''] : [schema.type];
  return union(names.map(name => name === 'object' ? object(schema, next) : name === 'array' ? array(schema, next) : TYPES[name] ?? 'any'));
}

function object(schema, next) {
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const properties = Object.entries(isObject(schema.properties) ? schema.properties : {});
  const fields = properties.map(([name, property]) => `${JSON.stringify(name)}${required.has(name) ? '' : '?'}: ${next(property)}`);
  // Where more may be there, what it is cannot be said without forbidding what is said of the others.
  if (fields.length === 0) return isObject(schema.additionalProperties) ? `{ [name: string]: ${next(schema.additionalProperties)} }` : '{ [name: string]: any }';
  if (schema.additionalProperties !== false) fields.push('[name: string]: any');
  return `{ ${fields.join('; ')} }`;
}

function array(schema, next) {
  if (Array.isArray(schema.prefixItems)) return `[${[...schema.prefixItems.map(item => `(${next(item)})?`), ...(schema.items === false ? [] : [`...(${next(schema.items)})[]`])].join(', ')}]`;
  return `(${next(schema.items)})[]`;
}

function union(types) {
  const known = [...new Set(types)];
  return known.length === 0 || known.includes('any') ? 'any' : known.length === 1 ? known[0] : known.map(one => `(${one})`).join(' | ');
}

function literal(value) {
  return value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value) ? JSON.stringify(value) : 'any';
}
