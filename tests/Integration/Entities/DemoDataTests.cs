using Npgsql;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Entities;
using Sandbox.Supervisor.Hosting.Demo;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Entities;

/// <summary>The demo's schema and its entities.</summary>
public sealed class DemoDataTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private TestDatabase _database = null!;
    private NpgsqlConnection _admin = null!;
    private EntityRig _rig = null!;
    private Guid[] _tenants = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _tenants = [await _database.NewTenantAsync("demo"), await _database.NewTenantAsync("acme"), await _database.NewTenantAsync("globex")];
        _admin = await _database.AsSuperuserAsync();
        _rig = new EntityRig(_database, TimeProvider.System);
        await _rig.StartAsync();
        (await DemoDataStore.MakeAsync(_admin, _tenants, Stop)).ShouldBeTrue();
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _admin.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Every_entity_of_the_demo_opens_for_every_tenant_with_the_rights_that_are_granted()
    {
        foreach (var tenant in _tenants)
        {
            foreach (var (name, write) in DemoEntities.All)
                (await _rig.Service.PutAsync(EntityRig.Superadmin(tenant), name, write, null, Stop)).Problem.ShouldBeNull();
            (await _rig.Catalog.ListAsync(tenant, Stop)).Select(entity => entity.Name).ShouldBe(["clients", "orders", "payments", "products", "transactions"]);
        }

        var orders = (await _rig.Catalog.FindAsync(_tenants[1], "orders", Stop))!;
        orders.Fields["client_id"].References.ShouldHaveSingleItem().Table.ShouldBe("clients");
        orders.Fields["status"].Type.Labels.ShouldBe(["draft", "placed", "paid", "shipped", "cancelled"]);
        orders.Fields["total"].Type.Kind.ShouldBe(ColumnKind.Decimal);
        (await _rig.Catalog.FindAsync(_tenants[1], "products", Stop))!.Operations.ShouldBe(AllowedOperations.Read);
    }

    [Theory(Timeout = Patience)]
    [InlineData("clients", 12)]
    [InlineData("orders", 40)]
    [InlineData("payments", 16)]
    [InlineData("transactions", 16)]
    public async Task The_data_role_sees_the_rows_of_its_tenant_alone(string table, int rows)
    {
        await using var data = await _database.AsAsync(DatabaseRoles.Data);
        (await data.ScalarAsync<long>($"select count(*) from demo.{table}")).ShouldBe(0);
        foreach (var tenant in _tenants)
        {
            await data.ExecAsync($"select set_config('sandbox.tenant_id', '{tenant}', false)");
            (await data.ScalarAsync<long>($"select count(*) from demo.{table}")).ShouldBe(rows);
            (await data.ScalarAsync<long>($"select count(*) from demo.{table} where tenant_id <> '{tenant}'")).ShouldBe(0);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task The_data_role_writes_no_row_of_another_tenant()
    {
        await using var data = await _database.AsAsync(DatabaseRoles.Data);
        await data.ExecAsync($"select set_config('sandbox.tenant_id', '{_tenants[0]}', false)");

        (await data.ExecAsync($"update demo.clients set name = 'x' where tenant_id = '{_tenants[1]}'")).ShouldBe(0);
        (await Should.ThrowAsync<PostgresException>(() => data.ExecAsync($"insert into demo.clients (tenant_id, name, email) values ('{_tenants[1]}', 'x', 'x')")))
            .SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await Should.ThrowAsync<PostgresException>(() => data.ExecAsync("update demo.products set price = 0"))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact(Timeout = Patience)]
    public async Task The_tables_belong_to_the_owner_and_products_are_shared()
    {
        (await _admin.ColumnAsync<string>("select distinct pg_get_userbyid(relowner)::text from pg_class where relnamespace = 'demo'::regnamespace")).ShouldBe([DatabaseRoles.Owner]);
        await using var data = await _database.AsAsync(DatabaseRoles.Data);
        (await data.ScalarAsync<long>("select count(*) from demo.products")).ShouldBe(20);
    }

    [Fact(Timeout = Patience)]
    public async Task A_second_start_leaves_what_was_changed_or_dropped()
    {
        await _admin.ExecAsync("drop table demo.transactions; delete from demo.products where sku = 'P-001'; alter table demo.orders drop column lines");

        (await DemoDataStore.MakeAsync(_admin, _tenants, Stop)).ShouldBeFalse();

        (await _admin.ScalarAsync<long>("select count(*) from demo.products")).ShouldBe(19);
        (await _admin.ScalarAsync<bool>("select to_regclass('demo.transactions') is null")).ShouldBeTrue();
    }
}
