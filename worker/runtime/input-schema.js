// JSON Schema, for inputs and for the schemas themselves. Bundled with its packages; evaluates to { compile, check }.
// Here and not in the supervisor: a tenant's schema is as hostile as his script (patterns, references), and so runs within its limits.
import { Validator } from '@cfworker/json-schema';
import draft07 from 'ajv/dist/refs/json-schema-draft-07.json';
import schema2019 from 'ajv/dist/refs/json-schema-2019-09/schema.json';
import applicator from 'ajv/dist/refs/json-schema-2019-09/meta/applicator.json';
import content from 'ajv/dist/refs/json-schema-2019-09/meta/content.json';
import core from 'ajv/dist/refs/json-schema-2019-09/meta/core.json';
import format from 'ajv/dist/refs/json-schema-2019-09/meta/format.json';
import metaData from 'ajv/dist/refs/json-schema-2019-09/meta/meta-data.json';
import validation from 'ajv/dist/refs/json-schema-2019-09/meta/validation.json';

const ERRORS_MAX = 5;
const MESSAGE_MAX = 2000;
// What only says that something within is wrong.
const WRAPPERS = new Set(['$ref', '$recursiveRef', 'properties', 'patternProperties', 'items', 'prefixItems', 'allOf', 'if', 'dependentSchemas']);

const isObject = (value) => typeof value === 'object' && value !== null;

function draftOf(schema) {
  const named = isObject(schema) && typeof schema.$schema === 'string' ? schema.$schema : '';
  if (named.includes('draft-04')) return '4';
  if (named.includes('draft-06') || named.includes('draft-07')) return '7';
  return named.includes('2019-09') ? '2019-09' : '2020-12';
}

/** Empty, or what is wrong with the value, by place. */
function complaint(validator, value) {
  const { valid, errors } = validator.validate(value);
  if (valid) return '';
  const telling = errors.filter((error) => !WRAPPERS.has(error.keyword));
  const chosen = (telling.length > 0 ? telling : errors).slice(0, ERRORS_MAX);
  return [...new Set(chosen.map((error) => `${error.instanceLocation}: ${error.error}`))].join(' ').slice(0, MESSAGE_MAX);
}

/** A function that checks values; throws where the schema is none. */
function compile(text) {
  const schema = JSON.parse(text);
  const validator = new Validator(schema, draftOf(schema), false);
  return (value) => complaint(validator, value);
}

function* within(schema) {
  if (!isObject(schema)) return;
  yield schema;
  for (const key of Object.keys(schema)) if (key !== 'enum' && key !== 'const' && key !== 'default' && key !== 'examples') yield* within(schema[key]);
}

/** Empty, or why the text is no schema that can be used. */
function check(text) {
  const schema = JSON.parse(text);
  const draft = draftOf(schema);
  const old = draft === '4' || draft === '7';
  const meta = new Validator(old ? draft07 : schema2019, old ? '7' : '2019-09', false);
  if (!old) for (const part of [applicator, content, core, format, metaData, validation]) meta.addSchema(part);
  // Draft 4 has a boolean where later ones have a number.
  const wrong = draft === '4' ? '' : complaint(meta, schema);
  if (wrong !== '') return wrong;

  const { lookup } = new Validator(schema, draft);
  for (const part of within(schema)) {
    if (typeof part.$dynamicRef === 'string') return '$dynamicRef is not supported; use $ref';
    const target = part.__absolute_ref__;
    if (typeof target === 'string' && lookup[target] === undefined) return `$ref: nothing is at "${part.$ref}"; references go to places within this schema`;
    const patterns = [part.pattern, ...(isObject(part.patternProperties) ? Object.keys(part.patternProperties) : [])];
    for (const pattern of patterns) {
      if (typeof pattern !== 'string') continue;
      try { new RegExp(pattern, 'u'); } catch { return `pattern: "${pattern.slice(0, 200)}" is no regular expression`; }
    }
  }
  return '';
}

export { compile, check };
