import * as yaml from 'js-yaml';

const refused = (run) => { try { return run(); } catch (error) { return [error.name, error.message]; } };

export default () => [
  yaml.load('a: 1\nb: [x, 2.5, true, ~]\n'),
  yaml.load('base: &b {x: 1}\nuse: *b\n'),
  yaml.load('text: |\n  l1\n  l2\nfolded: >-\n  a\n  b\n'),
  yaml.load('- 0x1f\n- 0o17\n- 1e3\n- .inf\n- "\\u00fc"\n'),
  yaml.load('? complex\n: value\n'),
  yaml.load('at: 2024-02-29\n'),
  yaml.loadAll('a: 1\n---\nb: 2\n'),
  yaml.dump({ a: [1, { b: 'x: y' }], c: null, d: 'l1\nl2\n', e: 'ü' }),
  yaml.dump({ b: 1, a: [] }, { sortKeys: true, flowLevel: 1 }),
  yaml.dump({ long: 'word '.repeat(30) }, { lineWidth: 40 }),
  refused(() => yaml.load('a: [1')),
  refused(() => yaml.load('a: 1\na: 2')),
  refused(() => yaml.dump({ f() {} })),
];
