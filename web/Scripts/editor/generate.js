// A minimal value that an input schema allows, for a try. What it cannot satisfy, such as a pattern, is left to the author.
import { DEPTH_MAX, isObject, resolved } from './references.js';

const FORMATS = {
  'date-time': '2026-01-31T08:00:00Z', date: '2026-01-31', time: '08:00:00Z', duration: 'P1D', email: 'ann@example.com', 'idn-email': 'ann@example.com',
  uuid: '00000000-0000-4000-8000-000000000000', uri: 'https://example.com/', 'uri-reference': '/', iri: 'https://example.com/', hostname: 'example.com', ipv4: '192.0.2.1', ipv6: '2001:db8::1',
};
const LENGTH_MAX = 10_000;
const ITEMS_MAX = 100;

/**
 * @param {any} schema JSON Schema
 * @returns {any} JSON
 */
export function generate(schema) {
  return value(schema, schema, 0);
}

function value(schema, root, depth) {
  if (!isObject(schema) || depth > DEPTH_MAX) return null;
  if (Object.hasOwn(schema, 'const')) return schema.const;
  if (Object.hasOwn(schema, 'default')) return schema.default;
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0];
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[0];
  const { $ref, allOf, anyOf, oneOf, ...own } = schema;
  const parts = [$ref === undefined ? null : resolved(root, $ref), ...(Array.isArray(allOf) ? allOf : []), anyOf?.[0], oneOf?.[0]].filter(isObject);
  if (parts.length > 0) return value(parts.reduce(merged, own), root, depth + 1);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type ?? implied(schema);
  switch (type) {
    case 'object': return object(schema, root, depth);
    case 'array': return array(schema, root, depth);
    case 'string': return string(schema);
    case 'integer': return number(schema, 1);
    case 'number': return number(schema, 0);
    case 'boolean': return false;
    default: return null;
  }
}

/** Both at once: properties and required names together, of any other keyword the later. */
function merged(one, other) {
  return {
    ...one, ...other,
    ...(one.properties || other.properties ? { properties: { ...one.properties, ...other.properties } } : {}),
    ...(one.required || other.required ? { required: [...one.required ?? [], ...other.required ?? []] } : {}),
  };
}

function implied(schema) {
  if (schema.properties || schema.required) return 'object';
  if (schema.items || schema.prefixItems) return 'array';
  if (schema.minLength !== undefined || schema.format || schema.pattern) return 'string';
  return schema.minimum !== undefined || schema.maximum !== undefined ? 'number' : 'null';
}

function object(schema, root, depth) {
  const made = Object.create(null);
  for (const name of Array.isArray(schema.required) ? schema.required : []) {
    const property = isObject(schema.properties) && Object.hasOwn(schema.properties, name) ? schema.properties[name] : null;
    made[name] = value(property, root, depth + 1);
  }

  return made;
}

function array(schema, root, depth) {
  const first = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
  const count = Math.min(Math.max(schema.minItems ?? 0, first.length), ITEMS_MAX);
  return Array.from({ length: count }, (_, i) => value(i < first.length ? first[i] : schema.items, root, depth + 1));
}

function string(schema) {
  const text = FORMATS[schema.format] ?? '';
  return text.padEnd(Math.min(schema.minLength ?? 0, LENGTH_MAX), 'x');
}

function number(schema, step) {
  const by = schema.multipleOf > 0 ? schema.multipleOf : step;
  const above = schema.exclusiveMinimum !== undefined && !(schema.minimum > schema.exclusiveMinimum);
  const least = above ? schema.exclusiveMinimum : schema.minimum;
  const below = schema.exclusiveMaximum !== undefined && !(schema.maximum < schema.exclusiveMaximum);
  const most = below ? schema.exclusiveMaximum : schema.maximum;
  if (least === undefined && (most === undefined || most > 0 || (most === 0 && !below))) return 0;
  if (least === undefined) return by === 0 ? most - 1 : (below ? Math.ceil(most / by) - 1 : Math.floor(most / by)) * by;
  if (by !== 0) return (above ? Math.floor(least / by) + 1 : Math.ceil(least / by)) * by;
  return !above ? least : most === undefined ? least + 1 : (least + most) / 2;
}
