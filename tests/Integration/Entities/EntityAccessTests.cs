using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Entities;

/// <summary>Who may open what, and with which rights of PostgreSQL.</summary>
public sealed class EntityAccessTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private TestDatabase _database = null!;
    private EntityRig _rig = null!;
    private NpgsqlConnection _admin = null!;
    private Guid _acme;
    private Guid _globex;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _acme = await _database.NewTenantAsync("acme");
        _globex = await _database.NewTenantAsync("globex");
        _admin = await _database.AsSuperuserAsync();
        await _admin.ExecAsync(Shop.Tables);
        _rig = new EntityRig(_database, TimeProvider.System, ("crm", _database.Superuser), ("gone", "Host=127.0.0.1;Port=1;Username=nobody;Timeout=1"));
        await _rig.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _admin.DisposeAsync();
        await _database.DisposeAsync();
    }

    private Task<Result<StoredEntity>> PutAsync(Principal principal, EntityWrite write) => _rig.Service.PutAsync(principal, "orders", write, null, Stop);

    [Fact(Timeout = Patience)]
    public async Task A_tenants_administrator_opens_what_a_superadmin_opened_and_by_the_same_tenant_column()
    {
        await Shop.GrantAsync(_admin);
        var refused = (await PutAsync(EntityRig.Administrator(_acme), Shop.Orders)).Problem.ShouldNotBeNull();
        (refused.Status, refused.Code).ShouldBe((403, Codes.NotAllowed));
        refused.Detail.ShouldContain("a superadmin must open it as an entity first");

        (await PutAsync(EntityRig.Superadmin(_globex), Shop.Orders)).Value.ShouldNotBeNull();
        (await PutAsync(EntityRig.Administrator(_acme), Shop.Orders)).Value.ShouldNotBeNull();
        var shared = Shop.Orders with { TenantColumn = null, Operations = ["read"], Fields = new Dictionary<string, EntityField> { ["id"] = Shop.Read } };
        (await PutAsync(EntityRig.Administrator(_acme), shared)).Problem!.Status.ShouldBe(403);
        (await PutAsync(EntityRig.Administrator(_acme), Shop.Orders with { TenantColumn = "ref" })).Problem!.Detail.ShouldContain("with tenant_column 'tenant_id'");
    }

    [Fact(Timeout = Patience)]
    public async Task A_tenants_administrator_does_not_learn_of_tables_that_are_not_opened()
    {
        var nothing = (await PutAsync(EntityRig.Administrator(_acme), Shop.Orders with { Table = "shop.nothing" })).Problem!;
        var something = (await PutAsync(EntityRig.Administrator(_acme), Shop.Orders)).Problem!;
        nothing.Detail.Replace("shop.nothing", "shop.orders", StringComparison.Ordinal).ShouldBe(something.Detail);
    }

    [Fact(Timeout = Patience)]
    public async Task A_table_opened_by_another_tenant_column_is_closed_to_entities_by_the_former()
    {
        await Shop.GrantAsync(_admin);
        (await PutAsync(EntityRig.Superadmin(_globex), Shop.Orders)).Value.ShouldNotBeNull();
        (await PutAsync(EntityRig.Administrator(_acme), Shop.Orders)).Value.ShouldNotBeNull();
        (await _rig.Catalog.FindAsync(_acme, "orders", Stop)).ShouldNotBeNull();

        (await PutAsync(EntityRig.Superadmin(_globex), Shop.Orders with { TenantColumn = "ref" })).Value.ShouldNotBeNull();

        (await _rig.Catalog.FindAsync(_acme, "orders", Stop)).ShouldBeNull();
        (await _rig.Catalog.FindAsync(_globex, "orders", Stop))!.Tenant!.Name.ShouldBe("ref");
    }

    [Fact(Timeout = Patience)]
    public async Task Without_the_permission_nothing_is_written()
    {
        await Shop.GrantAsync(_admin);
        (await PutAsync(EntityRig.Superadmin(_acme), Shop.Orders)).Value.ShouldNotBeNull();
        var principal = new Principal(PrincipalKind.Token, Guid.Empty, "reader", _acme, Superadmin: false, new HashSet<string>([Permissions.ScriptsUpdate], StringComparer.Ordinal));

        (await PutAsync(principal, Shop.Orders)).Problem!.Status.ShouldBe(403);
        (await _rig.Service.DeleteAsync(principal, "orders", null, Stop)).Problem!.Status.ShouldBe(403);
        (await _rig.Service.GetAsync(EntityRig.Administrator(_acme), "orders", Stop)).Value.ShouldNotBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task A_tenant_sees_no_entity_of_another()
    {
        await Shop.GrantAsync(_admin);
        (await PutAsync(EntityRig.Superadmin(_globex), Shop.Orders)).Value.ShouldNotBeNull();

        (await _rig.Service.GetAsync(EntityRig.Administrator(_acme), "orders", Stop)).Problem!.Status.ShouldBe(404);
        (await _rig.Catalog.ListAsync(_acme, Stop)).ShouldBeEmpty();
        (await _rig.Service.DeleteAsync(EntityRig.Administrator(_acme), "orders", null, Stop)).Problem!.Status.ShouldBe(404);
    }

    [Fact(Timeout = Patience)]
    public async Task Rights_that_are_missing_are_refused_with_the_statements_to_run_and_these_suffice()
    {
        var problem = (await PutAsync(EntityRig.Superadmin(_acme), Shop.Orders.With("Number", Shop.Write))).Problem.ShouldNotBeNull();
        problem.Status.ShouldBe(422);
        var statements = problem.Errors.ShouldHaveSingleItem().Message.Split("must run: ")[1];
        foreach (var wanted in new[]
        {
            "grant usage on schema shop to sandbox_data;",
            "grant select (\"Number\", id, tenant_id, total) on shop.orders to sandbox_data;",
            "grant insert (\"Number\", tenant_id, total) on shop.orders to sandbox_data;",
            "grant update (\"Number\", total) on shop.orders to sandbox_data;",
            "grant delete on shop.orders to sandbox_data;",
        })
            statements.ShouldContain(wanted, Case.Sensitive);

        await _admin.ExecAsync(statements);
        (await PutAsync(EntityRig.Superadmin(_acme), Shop.Orders.With("Number", Shop.Write))).Problem.ShouldBeNull();
        (await _admin.ScalarAsync<bool>("select has_column_privilege('sandbox_data', 'shop.orders', 'tenant_id', 'update')")).ShouldBeFalse();
        (await _admin.ScalarAsync<bool>("select has_column_privilege('sandbox_data', 'shop.orders', 'rate', 'select')")).ShouldBeFalse();
    }

    [Fact(Timeout = Patience)]
    public async Task A_superadmins_write_grants_what_the_login_may_grant_and_an_administrators_does_not()
    {
        await _admin.ExecAsync("""
            grant usage on schema shop to sandbox with grant option;
            grant select, insert, update, delete on shop.orders to sandbox with grant option
            """);
        await _admin.ExecAsync("insert into sandbox.entity_tables (table_schema, table_name, tenant_column) values ('shop', 'orders', 'tenant_id')");

        (await PutAsync(EntityRig.Administrator(_acme), Shop.Orders)).Problem!.Detail.ShouldContain("grant usage on schema shop");
        (await _admin.ScalarAsync<bool>("select has_schema_privilege('sandbox_data', 'shop', 'usage')")).ShouldBeFalse();
        (await PutAsync(EntityRig.Superadmin(_acme), Shop.Orders)).Problem.ShouldBeNull();
        (await PutAsync(EntityRig.Administrator(_acme), Shop.Orders)).Problem.ShouldBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task An_insert_into_a_table_with_a_serial_column_needs_its_sequence()
    {
        await _admin.ExecAsync("create table shop.notes (id bigserial primary key, tenant_id uuid, text text)");
        await Shop.GrantAsync(_admin);
        var notes = Shop.Orders with { Table = "shop.notes", Fields = new Dictionary<string, EntityField> { ["id"] = Shop.Read, ["text"] = Shop.Write } };

        (await PutAsync(EntityRig.Superadmin(_acme), notes)).Problem!.Detail.ShouldEndWith("must run: grant usage on sequence shop.notes_id_seq to sandbox_data;");
        (await PutAsync(EntityRig.Superadmin(_acme), notes with { Operations = ["read", "update"] })).Problem.ShouldBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task A_table_of_a_named_database_is_opened_as_its_login()
    {
        var orders = Shop.Orders with { Database = "crm" };
        (await PutAsync(EntityRig.Superadmin(_acme), orders)).Problem.ShouldBeNull();
        (await _rig.Catalog.FindAsync(_acme, "orders", Stop))!.Database.ShouldBe("crm");
        // The same names in another database are another table.
        (await PutAsync(EntityRig.Administrator(_acme), Shop.Orders)).Problem!.Status.ShouldBe(403);
    }

    [Fact(Timeout = Patience)]
    public async Task A_named_database_that_cannot_be_reached_takes_only_its_own_entities_away()
    {
        (await PutAsync(EntityRig.Superadmin(_acme), Shop.Orders with { Database = "crm" })).Problem.ShouldBeNull();
        (await PutAsync(EntityRig.Superadmin(_acme), Shop.Orders with { Database = "gone" })).Problem!.Status.ShouldBe(503);
        await _admin.ExecAsync($$$"""
            insert into sandbox.entity_tables (database, table_schema, table_name, tenant_column) values ('gone', 'shop', 'clients', 'tenant_id');
            insert into sandbox.entities (tenant_id, name, table_schema, table_name, key, tenant_column, fields, operations, database)
            values ('{{{_acme}}}', 'clients', 'shop', 'clients', 'id', 'tenant_id', '{"id":{"read":true,"write":false}}', '{read}', 'gone')
            """);
        await _rig.CaughtUpAsync(_admin);

        (await _rig.Catalog.ListAsync(_acme, Stop)).Select(entity => entity.Name).ShouldBe(["orders"]);
        _rig.Log.Lines.ShouldContain(line => line.Contains("clients", StringComparison.Ordinal) && line.Contains("'gone' cannot be reached", StringComparison.Ordinal));
    }

    [Fact(Timeout = Patience)]
    public async Task The_data_role_reads_no_table_of_ours()
    {
        await using var data = await _database.AsAsync(DatabaseRoles.Data);
        var tables = await _admin.ColumnAsync<string>("select c.relname::text from pg_class c where c.relnamespace = 'sandbox'::regnamespace and c.relkind in ('r', 'p')");
        tables.ShouldContain("tokens");
        foreach (var table in tables)
            (await Should.ThrowAsync<PostgresException>(() => data.ExecAsync($"select from sandbox.{table}"))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, table);
    }
}
