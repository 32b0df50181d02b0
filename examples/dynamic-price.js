/*
 * Prices an order: the products' prices, less for larger quantities, less for better clients. The host application waits for the answer.
 *
 * Kind:    embedded
 * Trigger: none; the host application invokes it
 * Input:   {"client_id": "1", "lines": [{"sku": "P-001", "quantity": 12}]}
 *
 * curl -X POST "$SANDBOX_URL/api/v1/scripts/dynamic-price/invoke" -H "Authorization: Bearer $SANDBOX_TOKEN" \
 *   -H 'Content-Type: application/json' -d '{"input": {"client_id": "1", "lines": [{"sku": "P-001", "quantity": 12}]}}'
 */
const PRICES_KEPT_S = 60;

/** From this quantity of a line, this share is taken off; the largest first. */
const BREAKS = [[100, 0.15], [50, 0.1], [10, 0.05]];
const TIERS = { standard: 0, silver: 0.03, gold: 0.07 };

/** The price list changes seldom: the whole of it is one value of the cache, read at once instead of product by product. */
async function priceList() {
  /** @type {any} */
  const kept = await sdk.cache.get('prices');
  if (kept) return kept;
  const products = await sdk.db.find('products', { select: ['sku', 'price'] });
  const prices = Object.fromEntries(products.map(({ sku, price }) => [sku, price]));
  await sdk.cache.set('prices', prices, PRICES_KEPT_S);
  return prices;
}

/** @param {number} amount */
const rounded = (amount) => Math.round(amount * 100) / 100;

const { client_id: clientId, lines } = context.input ?? {};
if (!Array.isArray(lines) || lines.length === 0) throw new Error('lines must be a list with at least one line');

// Neither waits for the other.
const [prices, client] = await Promise.all([
  priceList(),
  clientId === undefined ? null : sdk.db.findOne('clients', { where: { id: clientId }, select: ['tier'] }),
]);
if (clientId !== undefined && !client) throw new Error(`there is no client ${clientId}`);

const priced = lines.map(({ sku, quantity }) => {
  if (!Object.hasOwn(prices, sku)) throw new Error(`there is no product ${sku}`);
  if (!(quantity > 0)) throw new Error(`the quantity of ${sku} must be above 0`);
  const discount = BREAKS.find(([from]) => quantity >= from)?.[1] ?? 0;
  return { sku, quantity, unit_price: prices[sku], discount, amount: rounded(prices[sku] * quantity * (1 - discount)) };
});

const subtotal = rounded(priced.reduce((sum, { amount }) => sum + amount, 0));
const discount = TIERS[String(client?.tier)] ?? 0;
return { lines: priced, subtotal, discount, total: rounded(subtotal * (1 - discount)) };
