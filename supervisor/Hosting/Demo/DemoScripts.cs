using System.Reflection;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Hosting.Demo;

/// <summary>Endpoints to try at once, and the five examples of <c>examples/</c>, one of each kind.</summary>
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
            Name = "nightly-export",
            Title = "Nightly export",
            Description = "Sends yesterday's transactions to an accounting API, as CSV.",
            Kind = ScriptKind.Scheduled,
            Trigger = new RawJson("""{"cron": "0 0 * * *", "timezone": "UTC"}"""),
            Source = Example("nightly-export"),
        },
        new()
        {
            Name = "stripe-webhook",
            Title = "Stripe's customers",
            Description = "An endpoint that Stripe calls: POST /api/scripts/stripe. Makes a client of each new customer.",
            Kind = ScriptKind.Http,
            Trigger = new RawJson(
                """{"path": "/stripe", "methods": ["POST"], "auth": "webhook", "webhook": {"provider": "stripe", "secret": "stripe-webhook"}}"""),
            Source = Example("stripe-webhook"),
        },
        new()
        {
            Name = "receipt-email",
            Title = "Receipt by e-mail",
            Description = "On payment.processed: e-mails the receipt, and keeps a record for the dashboard.",
            Kind = ScriptKind.Event,
            Trigger = new RawJson("""{"event_types": ["payment.processed"]}"""),
            Source = Example("receipt-email"),
        },
        new()
        {
            Name = "import-records",
            Title = "Import of clients",
            Description = "Imports up to 10,000 clients of a legacy system, in batches, and goes on from its checkpoint.",
            Kind = ScriptKind.OneOff,
            InputSchema = new RawJson(
                """{"type": "object", "required": ["records"], "properties": {"records": {"type": "array", "maxItems": 10000}}}"""),
            Limits = new ScriptLimitsWrite { TimeoutMs = 600_000, OutputBytes = 4 * 1024 * 1024 },
            Source = Example("import-records"),
        },
        new()
        {
            Name = "dynamic-price",
            Title = "Dynamic price",
            Description = "Called by the host application, which waits for the answer: an order in, its price out.",
            Kind = ScriptKind.Embedded,
            Source = Example("dynamic-price"),
        },
    ];

    /// <summary>The text of a file in <c>examples/</c>.</summary>
    private static string Example(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Sandbox.Supervisor.Hosting.Demo.{name}.js")
            ?? throw new InvalidOperationException($"The build left out examples/{name}.js.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
