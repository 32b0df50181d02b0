import { MAX, NIL, parse, stringify, v1, v3, v4, v5, v6ToV1, v7, validate, version } from 'uuid';

const random = Array.from({ length: 16 }, (_, i) => i * 16 + 1);
const refused = (run) => { try { return run(); } catch (error) { return [error.name, error.message]; } };

export default () => [
  [NIL, MAX],
  v4({ random: Uint8Array.from(random) }),
  v1({ msecs: 1_700_000_000_000, nsecs: 5, clockseq: 0x1234, node: Uint8Array.of(1, 2, 3, 4, 5, 6), random: Uint8Array.from(random) }),
  v7({ msecs: 1_700_000_000_000, seq: 7, random: Uint8Array.from(random) }),
  v5('example.com', v5.DNS),
  v5('ü', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'),
  v3('example.com', v3.URL),
  validate('6ba7b810-9dad-11d1-80b4-00c04fd430c8'),
  validate('6ba7b810-9dad-11d1-80b4'),
  version('6ba7b810-9dad-11d1-80b4-00c04fd430c8'),
  [...parse('6ba7b810-9dad-11d1-80b4-00c04fd430c8')],
  stringify(Uint8Array.from(parse('6ba7b810-9dad-41d1-80b4-00c04fd430c8'))),
  v6ToV1('1ef21d2f-1207-6660-8c4f-419efbd44d48'),
  refused(() => parse('nothing')),
];
