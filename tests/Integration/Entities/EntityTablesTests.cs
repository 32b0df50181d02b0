using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Entities;

/// <summary>Which tables an entity may name, and what is told of them.</summary>
public sealed class EntityTablesTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private TestDatabase _database = null!;
    private EntityRig _rig = null!;
    private NpgsqlConnection _admin = null!;
    private Guid _acme;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _acme = await _database.NewTenantAsync("acme");
        _admin = await _database.AsSuperuserAsync();
        await _admin.ExecAsync(Shop.Tables);
        _rig = new EntityRig(
            _database, TimeProvider.System, ("crm", _database.Superuser), ("gone", "Host=127.0.0.1;Port=1;Username=nobody;Timeout=1"));
        await _rig.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _admin.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task A_superadmin_sees_the_tables_that_may_be_read_without_ours_PostgreSQLs_and_partitions()
    {
        await _admin.ExecAsync("create table shop.parts_0 partition of shop.parts for values with (modulus 1, remainder 0)");
        (await ListAsync(EntityRig.Superadmin(_acme))).ShouldBeEmpty();
        await Shop.GrantAsync(_admin);

        var own = await ListAsync(EntityRig.Superadmin(_acme));
        var other = await ListAsync(EntityRig.Superadmin(_acme), "crm");

        own.ShouldBe(["shop.clients", "shop.countries", "shop.orders", "shop.other", "shop.parts", "shop.products", "shop.sums"]);
        // As its login, which may read everything.
        other.ShouldBe(own);
    }

    [Fact(Timeout = Patience)]
    public async Task A_tenants_administrator_sees_and_opens_what_a_superadmin_opened()
    {
        await Shop.GrantAsync(_admin);
        (await ListAsync(EntityRig.Administrator(_acme))).ShouldBeEmpty();
        (await _rig.Tables.GetAsync(EntityRig.Administrator(_acme), null, "shop.orders", Stop)).Problem!.Status.ShouldBe(404);

        (await _rig.Service.PutAsync(EntityRig.Superadmin(_acme), "orders", Shop.Orders, null, Stop)).Value.ShouldNotBeNull();

        (await ListAsync(EntityRig.Administrator(_acme))).ShouldBe(["shop.orders"]);
        var orders = (await _rig.Tables.GetAsync(EntityRig.Administrator(_acme), null, "shop.orders", Stop)).Value.ShouldNotBeNull();
        (orders.TenantColumn, orders.TenantColumnIsGuess).ShouldBe(("tenant_id", false));
        (await ListAsync(EntityRig.Administrator(_acme), "crm")).ShouldBeEmpty();
    }

    [Theory(Timeout = Patience)]
    [InlineData("sandbox.tokens")]
    [InlineData("pg_catalog.pg_class")]
    [InlineData("information_schema.tables")]
    [InlineData("shop.nothing")]
    [InlineData("shop.kept")]
    [InlineData("nonsense")]
    public async Task A_table_that_no_entity_may_name_is_not_there_even_for_a_superadmin(string table)
    {
        await Shop.GrantAsync(_admin);

        (await _rig.Tables.GetAsync(EntityRig.Superadmin(_acme), "crm", table, Stop)).Problem!.Status.ShouldBe(404);
        (await _rig.Tables.GetAsync(EntityRig.Superadmin(_acme), "crm", "shop.orders", Stop)).Value.ShouldNotBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task A_table_tells_its_key_a_guess_of_the_tenant_column_and_what_scripts_see_of_each_column()
    {
        var orders = (await _rig.Tables.GetAsync(EntityRig.Superadmin(_acme), null, "shop.orders", Stop)).Value.ShouldNotBeNull();

        (orders.Kind, orders.Key, orders.TenantColumn, orders.TenantColumnIsGuess).ShouldBe(("table", "id", "tenant_id", true));
        orders.Columns.Take(3).Select(column => column.Name).ShouldBe(["id", "tenant_id", "Number"]);
        var columns = orders.Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
        columns["id"].ScriptType.ShouldBe("string of digits");
        columns["total"].ScriptType.ShouldBe("number");
        columns["made"].ScriptType.ShouldBe("string, ISO date");
        columns["tags"].ScriptType.ShouldBe("array of: string");
        columns["place"].ScriptType.ShouldBeNull();
        columns["place"].Type.ShouldBe("point");
        columns["doubled"].IsGenerated.ShouldBeTrue();
        (columns["id"].Nullable, columns["total"].Nullable).ShouldBe((false, true));
        orders.Columns.Where(column => column.IsKey).Select(column => column.Name).ShouldBe(["id", "Number"]);
        columns["ref"].MayHoldTenant.ShouldBeTrue();
        columns["small"].MayHoldTenant.ShouldBeFalse();
    }

    [Theory(Timeout = Patience)]
    [InlineData("shop.parts", "table", "id", "tenant_id")]
    [InlineData("shop.products", "table", "sku", null)]
    [InlineData("shop.sums", "view", null, "tenant_id")]
    public async Task A_key_and_a_tenant_column_are_proposed_only_where_they_stand_out(string table, string kind, string? key, string? tenant)
    {
        var told = (await _rig.Tables.GetAsync(EntityRig.Superadmin(_acme), null, table, Stop)).Value.ShouldNotBeNull();

        (told.Kind, told.Key, told.TenantColumn).ShouldBe((kind, key, tenant));
    }

    [Fact(Timeout = Patience)]
    public async Task A_database_that_does_not_answer_is_said_to_be_unreachable_and_an_unknown_one_is_named()
    {
        var reader = EntityRig.Superadmin(_acme);

        var gone = (await _rig.Tables.ListAsync(reader, new EntityTableFilter("gone"), new PageRequest(), Stop)).Problem!;
        var unknown = (await _rig.Tables.ListAsync(reader, new EntityTableFilter("nowhere"), new PageRequest(), Stop)).Problem!;

        (gone.Status, unknown.Status).ShouldBe((503, 422));
        unknown.Errors.ShouldHaveSingleItem().Field.ShouldBe("database");
        (await _rig.Tables.DatabasesAsync(reader, Stop)).Value.ShouldBe(["crm", "gone"]);
    }

    private async Task<string[]> ListAsync(Principal principal, string? database = null)
    {
        var page = await _rig.Tables.ListAsync(principal, new EntityTableFilter(database), new PageRequest(200), Stop);
        return [.. page.Value.ShouldNotBeNull().Items.Select(table => table.Table)];
    }
}
