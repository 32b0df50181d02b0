import * as z from 'zod';

const Order = z.object({
  id: z.uuid(),
  lines: z.array(z.object({ sku: z.string().min(2), count: z.int().positive().default(1) })).nonempty(),
  at: z.iso.datetime().optional(),
  kind: z.enum(['new', 'used']),
});
const order = { id: '6ba7b810-9dad-41d1-80b4-00c04fd430c8', lines: [{ sku: 'ab' }], kind: 'new' };
const Shape = z.discriminatedUnion('type', [z.object({ type: z.literal('a'), n: z.number() }), z.object({ type: z.literal('b') })]);
const issues = (result) => (result.success ? result.data : result.error.issues);

export default async () => [
  Order.parse(order),
  issues(Order.safeParse({ ...order, id: 'x', lines: [], kind: 'old' })),
  issues(Shape.safeParse({ type: 'a', n: '1' })),
  issues(Shape.safeParse({ type: 'c' })),
  issues(z.strictObject({ a: z.string() }).safeParse({ a: 'x', b: 1 })),
  z.coerce.number().parse('12.5'),
  z.string().trim().toUpperCase().parse(' a '),
  issues(z.email().safeParse('nobody')),
  await z.string().refine(async (text) => text.length > 2, 'short').safeParseAsync('ab').then(issues),
  z.record(z.string(), z.number()).parse({ a: 1 }),
  z.tuple([z.string(), z.number()]).rest(z.boolean()).parse(['a', 1, true]),
  z.string().transform((text) => text.length).pipe(z.number().max(5)).parse('abc'),
  z.toJSONSchema(Order),
  z.flattenError(Order.safeParse({}).error),
];
