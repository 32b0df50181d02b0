using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Hosting.Demo;

/// <summary>The entities that the demo's tenants have in the schema <c>demo</c>, in the order of their foreign keys.</summary>
internal static class DemoEntities
{
    private const string TenantColumn = "tenant_id";

    public static IReadOnlyList<(string Name, EntityWrite Write)> All { get; } =
    [
        Opened("clients", "id", [EntityOperations.Read, EntityOperations.Insert, EntityOperations.Update, EntityOperations.Delete],
            ["id", "created_at"], ["name", "email", "tier", "tags", "birthday"]),
        ("products", new EntityWrite
        {
            Table = "demo.products",
            Key = "sku",
            Fields = new[] { "sku", "name", "price", "stock", "attributes" }.ToDictionary(column => column, _ => new EntityField(Read: true, Write: false)),
            Operations = [EntityOperations.Read],
        }),
        Opened("orders", "id", [EntityOperations.Read, EntityOperations.Insert, EntityOperations.Update, EntityOperations.Delete],
            ["created_at"], ["id", "number", "client_id", "status", "lines", "total", "ordered_on"]),
        Opened("payments", "id", [EntityOperations.Read, EntityOperations.Insert, EntityOperations.Update],
            ["id"], ["order_id", "amount", "method", "paid_at"]),
        Opened("transactions", "id", [EntityOperations.Read, EntityOperations.Insert],
            ["id"], ["payment_id", "amount", "currency", "booked_at", "details"]),
    ];

    private static (string Name, EntityWrite Write) Opened(string name, string key, string[] operations, string[] read, string[] written) => (name, new EntityWrite
    {
        Table = $"demo.{name}",
        Key = key,
        TenantColumn = TenantColumn,
        Fields = read.Select(column => (column, field: new EntityField(Read: true, Write: false)))
            .Concat(written.Select(column => (column, field: new EntityField(Read: true, Write: true))))
            .ToDictionary(pair => pair.column, pair => pair.field),
        Operations = operations,
    });
}
