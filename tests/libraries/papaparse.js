import Papa from 'papaparse';

const seen = [];

export default () => [
  Papa.parse('a,b\n1,2\n').data,
  Papa.parse('a;b\n"x;""y""";2', { header: true }).data,
  Papa.parse('n,t,e\n1.5,true,\n', { header: true, dynamicTyping: true, skipEmptyLines: true }).data,
  Papa.parse('a\tb\r\nc\td').meta,
  Papa.parse('a,b\n1', { header: true }).errors,
  Papa.parse('"open', {}).errors,
  Papa.parse('# no\n1|2', { comments: '#', delimiter: '|' }).data,
  Papa.parse('a,a\n1,2', { header: true }).data,
  (() => { Papa.parse('1\n2\n3', { step: (row) => seen.push(row.data) }); return seen; })(),
  Papa.unparse([{ a: 1, b: 'x,y' }, { a: null, b: '"q"' }]),
  Papa.unparse({ fields: ['b'], data: [['l1\nl2'], ['ü']] }, { newline: '\n', quotes: true }),
  Papa.unparse([['=1+1']], { escapeFormulae: true }),
  Papa.parse('1,2', { transform: (value) => `<${value}>` }).data,
];
