// sdk.csv: tables as text. The parser finds the fields; what they are called and what is wrong with them is told here.
import { defineProperty, isArray, isObject, stringify as json } from '../language.js';

let parser;
export const loadParser = () => (parser ??= require('papaparse'));
const DELIMITERS = [',', ';', '\t', '|'];
const FORMULA = /^[=+\-@\t\r]/;
const isNewline = (value) => value === '\n' || value === '\r\n' || value === '\r';
const linesIn = (fields) => fields.reduce((count, field) => count + (field.match(/\r\n|\r|\n/g)?.length ?? 0), 1);

/** A column may have any name: as plain data, never as the object's prototype. */
function put(row, name, value) {
  if (name === '__proto__') defineProperty(row, name, { value, writable: true, enumerable: true, configurable: true });
  else row[name] = value;
}

export const csv = (invalid) => {
  function read(method, options, names) {
    if (options === undefined || options === null) return {};
    if (!isObject(options)) throw invalid(`sdk.csv.${method}: the options must be an object`);
    for (const name of Object.keys(options)) if (!names.includes(name)) throw invalid(`sdk.csv.${method}: there is no option ${name.slice(0, 50)}; there are ${names.join(', ')}`);
    const { quote, newline, header, columns, delimiter } = options;
    const isSign = (sign) => typeof sign === 'string' && sign.length === 1 && sign !== '\n' && sign !== '\r';
    if (quote !== undefined && !isSign(quote)) throw invalid(`sdk.csv.${method}: quote must be one character`);
    if (delimiter !== undefined && !isSign(delimiter) && !(method === 'parse' && delimiter === 'auto')) throw invalid(`sdk.csv.${method}: delimiter must be one character`);
    if (delimiter !== undefined && delimiter === (quote ?? '"')) throw invalid(`sdk.csv.${method}: delimiter and quote must differ`);
    if (newline !== undefined && !isNewline(newline)) throw invalid(`sdk.csv.${method}: newline must be \\n, \\r\\n or \\r`);
    if (header !== undefined && typeof header !== 'boolean') throw invalid(`sdk.csv.${method}: header must be true or false`);
    if (columns !== undefined && (!isArray(columns) || columns.length === 0 || !columns.every((name) => typeof name === 'string'))) throw invalid(`sdk.csv.${method}: columns must be a list of names`);
    return { ...options };
  }

  function unique(names, line) {
    const seen = new Set();
    for (const name of names) {
      if (seen.has(name)) throw invalid(`sdk.csv.parse: line ${line} names the column "${name.slice(0, 50)}" twice; use header: false, or give columns`);
      seen.add(name);
    }
    return names;
  }

  function parse(text, options) {
    const { delimiter = ',', quote = '"', newline = '', header = true, columns } = read('parse', options, ['delimiter', 'quote', 'newline', 'header', 'columns']);
    if (typeof text !== 'string') throw invalid('sdk.csv.parse: the text must be a string');
    const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
    const { data, errors } = loadParser().parse(plain, { delimiter: delimiter === 'auto' ? '' : delimiter, delimitersToGuess: DELIMITERS, quoteChar: quote, newline });
    const fault = errors.find((error) => error.type === 'Quotes');
    const faultRow = fault?.row ?? -1;
    const rows = [];
    let names = columns === undefined ? undefined : unique(columns, 1);
    let line = 1;
    for (let i = 0; i < data.length; i++) {
      const fields = data[i];
      if (i === faultRow) throw invalid(`sdk.csv.parse: line ${line}: ${fault.code === 'MissingQuotes' ? 'a quoted field is not closed' : 'a quoted field goes on after its closing quote'}`);
      const at = line;
      line += linesIn(fields);
      if (fields.length === 1 && fields[0] === '') continue;
      if (!header && columns === undefined) {
        rows.push(fields);
        continue;
      }
      if (names === undefined) {
        names = unique(fields, at);
        continue;
      }
      if (fields.length !== names.length) throw invalid(`sdk.csv.parse: line ${at} has ${fields.length} fields where there are ${names.length} columns`);
      const row = {};
      for (let column = 0; column < names.length; column++) put(row, names[column], fields[column]);
      rows.push(row);
    }
    return rows;
  }

  function columnsOf(rows) {
    const names = new Set();
    for (const row of rows) if (isObject(row) && !isArray(row)) for (const name of Object.keys(row)) names.add(name);
    return [...names];
  }

  function textOf(value, safe) {
    if (value === null || value === undefined) return '';
    if (typeof value === 'object') return value instanceof Date ? value.toISOString() : json(value);
    const text = String(value);
    return safe && typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text;
  }

  function stringify(rows, options) {
    const names = ['delimiter', 'quote', 'newline', 'header', 'columns', 'bom', 'formulas'];
    const { delimiter = ',', quote = '"', newline = '\r\n', header = true, columns, bom = false, formulas } = read('stringify', options, names);
    if (typeof bom !== 'boolean') throw invalid('sdk.csv.stringify: bom must be true or false');
    if (formulas !== undefined && formulas !== 'escape') throw invalid("sdk.csv.stringify: formulas must be 'escape', or be left out");
    if (!isArray(rows) || !rows.every(isObject)) throw invalid('sdk.csv.stringify: the rows must be a list of objects or of lists');
    const safe = formulas === 'escape';
    const fields = columns ?? columnsOf(rows);
    const lines = header && fields.length > 0 ? [fields.map((name) => textOf(name, safe))] : [];
    for (const row of rows) lines.push(isArray(row) ? Array.from(row, (value) => textOf(value, safe)) : fields.map((name) => textOf(Object.hasOwn(row, name) ? row[name] : undefined, safe)));
    const text = loadParser().unparse(lines, { delimiter, quoteChar: quote, escapeChar: quote, newline, header: false });
    return bom ? `\uFEFF${text}` : text;
  }

  // Arrow functions: a function has a prototype, which scripts could write to.
  return { parse: (text, options) => parse(text, options), stringify: (rows, options) => stringify(rows, options) };
};
