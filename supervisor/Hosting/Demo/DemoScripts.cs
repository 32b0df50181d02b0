using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Hosting.Demo;

/// <summary>One working example of each kind that this version runs.</summary>
internal static class DemoScripts
{
    public static IReadOnlyList<ScriptWrite> All { get; } =
    [
        new()
        {
            Name = "hello",
            Title = "Hello",
            Description = "A public endpoint: GET /api/scripts/hello?name=…",
            Kind = ScriptKind.Http,
            Trigger = new RawJson("""{"path": "/hello", "methods": ["GET"], "auth": "public"}"""),
            Source = """
                const { query } = context.trigger.httpRequest;
                return { message: `Hello, ${query.name ?? 'world'}!`, tenant: context.tenant };
                """,
        },
        new()
        {
            Name = "client-orders",
            Title = "Orders of a client",
            Description = "An endpoint for callers with a token: GET /api/scripts/clients/{id}/orders. Lists the client's newest orders, or answers 404.",
            Kind = ScriptKind.Http,
            Trigger = new RawJson("""{"path": "/clients/{id}/orders", "methods": ["GET"], "auth": "token"}"""),
            Source = """
                const { id } = context.trigger.httpRequest.params;
                const client = /^[0-9]+$/.test(id) ? await sdk.db.get('clients', id) : null;
                if (!client) return sdk.respond(404, { error: `no client ${id}` });
                sdk.label('client', client.email);
                const orders = await sdk.db.find('orders', {
                  where: { client_id: client.id },
                  select: ['number', 'status', 'total', 'ordered_on'],
                  orderBy: '-ordered_on',
                  limit: 20,
                });
                return { client: client.name, orders };
                """,
        },
        new()
        {
            Name = "orders",
            Title = "Take an order",
            Description = "An endpoint for callers with a token: POST /api/scripts/orders. Writes the order and its payment in one transaction; 422 where the order is not whole.",
            Kind = ScriptKind.Http,
            Trigger = new RawJson("""{"path": "/orders", "methods": ["POST"], "auth": "token"}"""),
            Source = """
                const { client, item, quantity } = context.trigger.httpRequest.body ?? {};
                if (typeof item !== 'string' || !(quantity > 0)) {
                  return sdk.respond(422, { error: 'item and a quantity above 0 are needed' });
                }
                const product = await sdk.db.findOne('products', { where: { or: [{ sku: item }, { name: { ilike: `${item}%` } }] }, orderBy: 'sku' });
                const buyer = await sdk.db.findOne('clients', { where: client === undefined ? {} : { email: client }, orderBy: 'id' });
                if (!product || !buyer) return sdk.respond(422, { error: `no ${product ? `client ${client}` : `product ${item}`}` });

                const total = Math.round(product.price * quantity * 100) / 100;
                const number = await sdk.cache.increment('order-number') + 500000;
                const order = await sdk.db.transaction(async (tx) => {
                  const placed = await tx.insert('orders', {
                    number, client_id: buyer.id, status: 'placed', total, lines: [{ sku: product.sku, quantity }],
                  });
                  await tx.insert('payments', { order_id: placed.id, amount: total, method: 'card' });
                  return placed;
                });
                sdk.label('order', order.number);
                sdk.log.info('order taken', { number: order.number, item: product.sku, quantity });
                return sdk.respond(201, { id: order.id, number: order.number, item: product.sku, quantity, total });
                """,
        },
        new()
        {
            Name = "price",
            Title = "Dynamic price",
            Description = "Called by the host application, which waits for the answer: an order in, its price out. Lines name a price, or a product.",
            Kind = ScriptKind.Embedded,
            Source = """
                const { lines = [], customer = {} } = context.input ?? {};
                const skus = lines.filter((line) => line.price === undefined).map((line) => line.sku);
                const products = skus.length === 0 ? [] : await sdk.db.find('products', { where: { sku: { in: skus } } });
                const prices = new Map(products.map((product) => [product.sku, product.price]));
                const total = lines.reduce((sum, line) => {
                  const price = line.price ?? prices.get(line.sku);
                  if (price === undefined) throw new Error(`no product ${line.sku}`);
                  return sum + price * line.quantity;
                }, 0);
                const discount = customer.tier === 'gold' ? 0.1 : total >= 1000 ? 0.05 : 0;
                return { total, discount, price: Math.round(total * (1 - discount) * 100) / 100 };
                """,
        },
    ];
}
