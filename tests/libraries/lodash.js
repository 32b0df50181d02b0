import _ from 'lodash';

const rows = [{ id: 2, name: 'b', tags: ['x', 'y'] }, { id: 1, name: 'a', tags: [] }, { id: 3, name: 'b', tags: ['z'] }];

export default () => [
  _.chunk([1, 2, 3, 4, 5], 2),
  _.groupBy(rows, 'name'),
  _.orderBy(rows, ['name', 'id'], ['desc', 'asc']),
  _.merge({ a: { b: 1 } }, { a: { c: [1, { d: 2 }] } }),
  _.cloneDeep({ at: new Date(0), map: [...new Map([[1, { a: 1 }]])], re: String(/a/g) }),
  _.get({ a: [{ b: { c: 3 } }] }, 'a[0].b.c', 'none'),
  _.set({}, 'a[0].b', 1),
  [_.camelCase('foo bar-baz'), _.kebabCase('fooBar'), _.deburr('déjà vu'), _.startCase('a_b'), _.truncate('x'.repeat(50))],
  [_.isEqual({ a: [1, NaN] }, { a: [1, NaN] }), _.isPlainObject(Object.create(null)), _.isEmpty(new Map()), _.isError(new Error('a')), _.isDate(new Date())],
  _.memoize((n) => n * 2)(21),
  _.curry((a, b, c) => [a, b, c])(1)(2)(3),
  _(rows).filter((row) => row.tags.length > 0).map('id').sum(),
  _.debounce(() => 1, 10).cancel() ?? 'cancelled',
  _.mapValues({ a: 1, b: 2 }, (n) => n + 1),
];
