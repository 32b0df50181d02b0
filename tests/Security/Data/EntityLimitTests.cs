using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Entities;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Security.Data;

/// <summary>Times and connections that a tenant's scripts may take of a database.</summary>
public sealed class EntityLimitTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 60_000;
    private const string Insert = """[1,"orders",{"id":7}]""";
    private readonly Guid _mine = Guid.NewGuid();
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        await using var admin = await _database.AsSuperuserAsync();
        await admin.ExecAsync("create schema shop; create table shop.orders (id integer, tenant_id uuid not null, primary key (tenant_id, id))");
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = Patience)]
    public async Task A_statement_that_waits_for_too_long_is_given_up_and_its_connection_serves_again()
    {
        await using var rig = Rig(new DataOptions { StatementMax = TimeSpan.FromMilliseconds(200), ConnectionsPerTenant = 1 });
        await using (var admin = await _database.AsSuperuserAsync())
        {
            await admin.ExecAsync("begin; lock table shop.orders");
            (await RefusalAsync(rig, "db.count", """[null,"orders"]""")).ShouldBe("QUERY_TIMEOUT");
        }

        (await rig.CallAsync("db.count", """[null,"orders"]""")).ShouldBe("0");
    }

    [Fact(Timeout = Patience)]
    public async Task A_transaction_that_is_held_for_too_long_is_rolled_back_and_gives_its_connection_back()
    {
        await using var rig = Rig(new DataOptions { TransactionMax = TimeSpan.FromMilliseconds(300), ConnectionsPerTenant = 1, WaitMax = TimeSpan.FromSeconds(30) });
        await rig.CallAsync("db.insert", Insert);

        // Waits for the one connection, which comes back when the transaction is too old.
        (await rig.CallAsync("db.count", """[null,"orders"]""")).ShouldBe("0");

        (await RefusalAsync(rig, "db.insert", Insert)).ShouldBe("QUERY_TIMEOUT");
        (await RefusalAsync(rig, "db.commit", "[1]")).ShouldBe("QUERY_TIMEOUT");
        (await RefusalAsync(rig, "db.commit", "[1]")).ShouldBe(Codes.Conflict);
    }

    [Fact(Timeout = Patience)]
    public async Task A_tenant_that_holds_its_connections_waits_and_is_refused()
    {
        await using var rig = Rig(new DataOptions { ConnectionsPerTenant = 1, WaitMax = TimeSpan.FromMilliseconds(100) });
        await rig.CallAsync("db.insert", Insert);

        (await RefusalAsync(rig, "db.count", """[null,"orders"]""")).ShouldBe(Codes.Overloaded);

        await rig.CallAsync("db.rollback", "[1]");
        (await rig.CallAsync("db.count", """[null,"orders"]""")).ShouldBe("0");
    }

    private EntityRig Rig(DataOptions options) => new(
        _database.Superuser, _mine,
        [EntityRig.Entity("shop", "orders", AllowedOperations.Read | AllowedOperations.Insert, new OpenedField("id", EntityRig.Type(ColumnKind.Integer, "integer"), Read: true, Write: true))],
        options);

    private static async Task<string> RefusalAsync(EntityRig rig, string capability, string arguments) =>
        (await Should.ThrowAsync<CallRefusedException>(() => rig.CallAsync(capability, arguments))).Code;
}
