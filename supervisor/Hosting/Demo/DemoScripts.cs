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
            Name = "orders",
            Title = "Take an order",
            Description = "An endpoint for callers with a token: POST /api/scripts/orders. Answers 201, or 422 where the order is not whole.",
            Kind = ScriptKind.Http,
            Trigger = new RawJson("""{"path": "/orders", "methods": ["POST"], "auth": "token"}"""),
            Source = """
                const order = context.trigger.httpRequest.body;
                if (!order || typeof order.item !== 'string' || !(order.quantity > 0)) {
                  return sdk.respond(422, { error: 'item and a quantity above 0 are needed' });
                }
                sdk.log.info('order taken', { item: order.item, quantity: order.quantity });
                return sdk.respond(201, { id: context.executionId, item: order.item, quantity: order.quantity });
                """,
        },
        new()
        {
            Name = "price",
            Title = "Dynamic price",
            Description = "Called by the host application, which waits for the answer: an order in, its price out.",
            Kind = ScriptKind.Embedded,
            Source = """
                const { lines = [], customer = {} } = context.input ?? {};
                const total = lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
                const discount = customer.tier === 'gold' ? 0.1 : total >= 1000 ? 0.05 : 0;
                return { total, discount, price: Math.round(total * (1 - discount) * 100) / 100 };
                """,
        },
    ];
}
