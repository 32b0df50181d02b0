using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Entities;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Entities;

/// <summary>What an entity may be, asked of a real catalog: each refusal beside the right value.</summary>
public sealed class EntityWriteTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private TestDatabase _database = null!;
    private EntityRig _rig = null!;
    private NpgsqlConnection _admin = null!;
    private Guid _tenant;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _tenant = await _database.NewTenantAsync("acme");
        _admin = await _database.AsSuperuserAsync();
        await _admin.ExecAsync(Shop.Tables);
        await Shop.GrantAsync(_admin);
        _rig = new EntityRig(_database, TimeProvider.System);
        await _rig.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _admin.DisposeAsync();
        await _database.DisposeAsync();
    }

    private Task<Result<StoredEntity>> PutAsync(EntityWrite write, string name = "orders", string? ifMatch = null, Principal? principal = null) =>
        _rig.Service.PutAsync(principal ?? EntityRig.Superadmin(_tenant), name, write, ifMatch, Stop);

    private async Task RefusedAsync(EntityWrite write, string field, string remedy)
    {
        var problem = (await PutAsync(write)).Problem.ShouldNotBeNull();
        problem.Status.ShouldBe(422);
        problem.Errors.ShouldContain(error => error.Field == field && error.Message.Contains(remedy, StringComparison.Ordinal), problem.Detail);
        (await _rig.Service.GetAsync(EntityRig.Superadmin(_tenant), "orders", Stop)).Problem!.Status.ShouldBe(404);
    }

    private async Task<OpenedEntity> OpenedAsync(EntityWrite write)
    {
        (await PutAsync(write)).Problem.ShouldBeNull();
        return (await _rig.Catalog.FindAsync(_tenant, "orders", Stop)).ShouldNotBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task An_entity_is_made_read_replaced_listed_and_deleted()
    {
        var made = (await PutAsync(Shop.Orders)).Value.ShouldNotBeNull();
        made.Created.ShouldBeTrue();
        (await _rig.Service.GetAsync(EntityRig.Superadmin(_tenant), "orders", Stop)).Value.ShouldBeEquivalentTo(made.Entity);
        await PutAsync(Shop.Clients, "clients");

        var replaced = (await PutAsync(Shop.Orders with { Operations = ["read"] })).Value.ShouldNotBeNull();
        replaced.Created.ShouldBeFalse();
        replaced.Entity.UpdatedAt.ShouldBeGreaterThan(made.Entity.UpdatedAt);
        var first = (await _rig.Service.ListAsync(EntityRig.Superadmin(_tenant), new PageRequest(1), Stop)).Value!;
        first.Items.Select(entity => entity.Name).ShouldBe(["clients"]);
        (await _rig.Service.ListAsync(EntityRig.Superadmin(_tenant), new PageRequest(1, first.NextCursor), Stop)).Value!.Items.Select(entity => entity.Name).ShouldBe(["orders"]);

        (await _rig.Service.DeleteAsync(EntityRig.Superadmin(_tenant), "orders", null, Stop)).Value.ShouldBeTrue();
        (await _rig.Service.DeleteAsync(EntityRig.Superadmin(_tenant), "orders", null, Stop)).Problem!.Status.ShouldBe(404);
        (await _rig.Catalog.ListAsync(_tenant, Stop)).Select(entity => entity.Name).ShouldBe(["clients"]);
    }

    [Fact(Timeout = Patience)]
    public async Task A_change_of_what_the_caller_has_not_seen_is_refused()
    {
        (await PutAsync(Shop.Orders, ifMatch: "\"1\"")).Problem!.Status.ShouldBe(412);
        var made = (await PutAsync(Shop.Orders)).Value!.Entity;
        var seen = Sandbox.Supervisor.Rest.ETags.Of(made);
        (await PutAsync(Shop.Orders, ifMatch: seen)).Value.ShouldNotBeNull();

        (await PutAsync(Shop.Orders, ifMatch: seen)).Problem!.Status.ShouldBe(412);
        (await _rig.Service.DeleteAsync(EntityRig.Superadmin(_tenant), "orders", seen, Stop)).Problem!.Status.ShouldBe(412);
    }

    [Theory(Timeout = Patience)]
    [InlineData("orders", true)]
    [InlineData("o", true)]
    [InlineData("order_lines2", true)]
    [InlineData("Orders", false)]
    [InlineData("2orders", false)]
    [InlineData("order-lines", false)]
    [InlineData("", false)]
    public async Task A_name_is_of_lower_case_letters_digits_and_underscores(string name, bool accepted)
    {
        var result = await PutAsync(Shop.Orders, name);
        if (accepted) result.Value.ShouldNotBeNull();
        else result.Problem!.Errors.ShouldContain(error => error.Field == "name");
    }

    [Fact(Timeout = Patience)]
    public async Task A_name_of_63_characters_is_taken_and_one_of_64_is_not()
    {
        (await PutAsync(Shop.Orders, new string('a', 63))).Value.ShouldNotBeNull();
        (await PutAsync(Shop.Orders, new string('a', 64))).Problem!.Errors.ShouldContain(error => error.Field == "name");
    }

    [Theory(Timeout = Patience)]
    [InlineData("sandbox.tokens", "opened to nobody")]
    [InlineData("pg_catalog.pg_authid", "opened to nobody")]
    [InlineData("information_schema.tables", "opened to nobody")]
    [InlineData("pg_toast.pg_toast_1", "opened to nobody")]
    [InlineData("shop.nothing", "does not exist")]
    [InlineData("shop.kept", "does not exist")]
    [InlineData("nowhere.orders", "does not exist")]
    [InlineData("orders", "a schema and a table")]
    [InlineData("a.shop.orders", "a schema and a table")]
    [InlineData("", "a schema and a table")]
    [InlineData(null, "a schema and a table")]
    public Task A_table_that_is_not_business_data_is_refused(string? table, string remedy) => RefusedAsync(Shop.Orders with { Table = table }, "table", remedy);

    [Fact(Timeout = Patience)]
    public async Task Key_and_tenant_column_and_fields_must_exist()
    {
        await RefusedAsync(Shop.Orders.With("nr", Shop.Read) with { Key = "nr" }, "key", "no such column; there are Number");
        await RefusedAsync(Shop.Orders with { TenantColumn = "tenant" }, "tenant_column", "no such column");
        await RefusedAsync(Shop.Orders.With("nothing", Shop.Read), "fields.nothing", "no such column");
        await RefusedAsync(Shop.Orders with { Key = null }, "key", "is missing");
        await RefusedAsync(Shop.Orders with { Fields = null }, "fields", "is missing");
        await RefusedAsync(Shop.Orders.With("paid", new EntityField(false, false)), "fields.paid", "opens nothing");
    }

    [Fact(Timeout = Patience)]
    public async Task The_key_must_be_readable_and_unique_in_the_tenant()
    {
        await RefusedAsync(Shop.Orders.With("id", new EntityField(false, true)), "key", "with read: true");
        await RefusedAsync(Shop.Orders with { Key = "big" }, "key", "add 'big' to fields");
        await RefusedAsync(Shop.Orders.With("big", Shop.Read) with { Key = "big" }, "key", "primary key or a unique index, alone or together with tenant_id");
        await _admin.ExecAsync("create unique index on shop.orders (big) where big > 0; create unique index on shop.orders ((small + 1)); create unique index on shop.orders (small, big)");
        await RefusedAsync(Shop.Orders.With("big", Shop.Read) with { Key = "big" }, "key", "is not unique");

        (await OpenedAsync(Shop.Orders.With("Number", Shop.Write) with { Key = "Number" })).Key.ShouldBe("Number");
        (await OpenedAsync(Shop.Orders with { Table = "shop.parts", Fields = new Dictionary<string, EntityField> { ["id"] = Shop.Write } })).Table.ShouldBe("parts");
    }

    [Theory(Timeout = Patience)]
    [InlineData("paid", ColumnKind.Boolean, "boolean")]
    [InlineData("small", ColumnKind.Integer, "smallint")]
    [InlineData("Number", ColumnKind.Integer, "integer")]
    [InlineData("big", ColumnKind.Bigint, "bigint")]
    [InlineData("ratio", ColumnKind.Float, "real")]
    [InlineData("total", ColumnKind.Decimal, "numeric")]
    [InlineData("rate", ColumnKind.WideDecimal, "numeric")]
    [InlineData("name", ColumnKind.Text, "character varying")]
    [InlineData("fixed", ColumnKind.Text, "bpchar")]
    [InlineData("ref", ColumnKind.Uuid, "uuid")]
    [InlineData("made", ColumnKind.Date, "date")]
    [InlineData("seen", ColumnKind.Timestamp, "timestamp without time zone")]
    [InlineData("at", ColumnKind.TimestampTz, "timestamp with time zone")]
    [InlineData("hour", ColumnKind.Time, "time without time zone")]
    [InlineData("data", ColumnKind.Json, "jsonb")]
    [InlineData("raw", ColumnKind.Bytes, "bytea")]
    [InlineData("state", ColumnKind.Enum, "shop.state")]
    [InlineData("states", ColumnKind.Enum, "shop.state[]")]
    [InlineData("tags", ColumnKind.Text, "text[]")]
    internal async Task A_columns_type_is_that_of_the_catalog(string column, ColumnKind kind, string sqlName)
    {
        var type = (await OpenedAsync(Shop.Orders.With(column, Shop.Write))).Fields[column].Type;

        type.Kind.ShouldBe(kind);
        type.SqlName.ShouldBe(sqlName);
        type.IsArray.ShouldBe(sqlName.EndsWith("[]", StringComparison.Ordinal));
        type.Labels.ShouldBe(kind == ColumnKind.Enum ? ["new", "paid"] : []);
    }

    [Theory(Timeout = Patience)]
    [InlineData("numeric(15,2)", ColumnKind.Decimal)]
    [InlineData("numeric(16,2)", ColumnKind.WideDecimal)]
    internal async Task A_numeric_of_15_digits_is_a_number_and_a_wider_one_is_not(string type, ColumnKind kind)
    {
        await _admin.ExecAsync($"alter table shop.orders add sum {type}");
        (await OpenedAsync(Shop.Orders.With("sum", Shop.Write))).Fields["sum"].Type.Kind.ShouldBe(kind);
    }

    [Theory(Timeout = Patience)]
    [InlineData("place", "point")]
    [InlineData("zoned", "time with time zone")]
    [InlineData("grid", "integer[][]")]
    public Task A_type_that_scripts_cannot_use_is_refused_by_its_name(string column, string type) =>
        RefusedAsync(Shop.Orders.With(column, Shop.Read), $"fields.{column}", $"of the type {type}, which scripts cannot use");

    [Fact(Timeout = Patience)]
    public async Task A_column_that_PostgreSQL_generates_is_read_only()
    {
        await RefusedAsync(Shop.Orders.With("id", Shop.Write), "fields.id.write", "generates");
        await RefusedAsync(Shop.Orders.With("doubled", Shop.Write), "fields.doubled.write", "generates");
        (await OpenedAsync(Shop.Orders.With("doubled", Shop.Read))).Fields["doubled"].Write.ShouldBeFalse();
    }

    [Fact(Timeout = Patience)]
    public async Task The_tenant_column_is_no_field_and_no_key_and_of_a_type_that_holds_an_id()
    {
        await RefusedAsync(Shop.Orders.With("tenant_id", Shop.Read), "fields.tenant_id", "leave it out");
        await RefusedAsync(Shop.Orders with { Key = "tenant_id" }, "key", "is the tenant column");
        var other = Shop.Orders with { Table = "shop.other", Fields = new Dictionary<string, EntityField> { ["id"] = Shop.Read } };
        await RefusedAsync(other with { TenantColumn = "owner_id" }, "tenant_column", "is of the type integer; it must be uuid, text or varchar");
        await RefusedAsync(other with { TenantColumn = "fixed" }, "tenant_column", "character(36)");
        (await OpenedAsync(other with { TenantColumn = "code" })).Tenant.ShouldNotBeNull().Type.SqlName.ShouldBe("character varying");
    }

    [Fact(Timeout = Patience)]
    public async Task A_shared_table_is_read_only()
    {
        await RefusedAsync(Shop.Products with { Operations = ["read", "insert"] }, "operations", "must be read alone");
        await RefusedAsync(Shop.Products.With("label", Shop.Write), "fields.label.write", "shared by all tenants");
        (await OpenedAsync(Shop.Products)).Tenant.ShouldBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task A_view_is_read_only_and_needs_no_unique_key()
    {
        var sums = Shop.Orders with
        {
            Table = "shop.sums",
            Key = "client_id",
            Fields = new Dictionary<string, EntityField> { ["client_id"] = Shop.Read, ["orders"] = Shop.Read },
            Operations = ["read"],
        };
        await RefusedAsync(sums with { Operations = ["read", "delete"] }, "operations", "is a view");
        await RefusedAsync(sums.With("orders", Shop.Write), "fields.orders.write", "is a view");
        (await OpenedAsync(sums)).Fields["orders"].Type.Kind.ShouldBe(ColumnKind.Bigint);
    }

    [Fact(Timeout = Patience)]
    public async Task Operations_are_those_there_are_and_at_least_one()
    {
        await RefusedAsync(Shop.Orders with { Operations = [] }, "operations", "at least one of read, insert, update, delete");
        await RefusedAsync(Shop.Orders with { Operations = null }, "operations", "at least one");
        await RefusedAsync(Shop.Orders with { Operations = ["read", "truncate"] }, "operations", "has 'truncate'");
        (await OpenedAsync(Shop.Orders with { Operations = ["delete", "read"] })).Operations.ShouldBe(AllowedOperations.Read | AllowedOperations.Delete);
    }

    [Fact(Timeout = Patience)]
    public async Task A_database_that_is_not_configured_is_refused() =>
        await RefusedAsync(Shop.Orders with { Database = "crm" }, "database", "'crm' is no name of Sandbox:Databases");

    [Fact(Timeout = Patience)]
    public async Task A_writable_foreign_key_needs_its_target_opened_and_tells_its_tenant_column()
    {
        var orders = Shop.Orders.With("client_id", Shop.Write);
        await RefusedAsync(orders, "fields.client_id.write", "a superadmin must open shop.clients as an entity first");
        (await OpenedAsync(Shop.Orders.With("client_id", Shop.Read))).Fields["client_id"].References.ShouldBeEmpty();

        (await PutAsync(Shop.Clients, "clients")).Problem.ShouldBeNull();
        var reference = (await OpenedAsync(orders)).Fields["client_id"].References.ShouldHaveSingleItem();
        (reference.Schema, reference.Table, reference.Column, reference.Tenant.Name, reference.Tenant.Type.Kind)
            .ShouldBe(("shop", "clients", "id", "tenant_id", ColumnKind.Uuid));
    }

    [Fact(Timeout = Patience)]
    public async Task A_foreign_key_to_a_table_without_tenants_is_no_reference() =>
        (await OpenedAsync(Shop.Orders.With("country", Shop.Write))).Fields["country"].References.ShouldBeEmpty();

    [Fact(Timeout = Patience)]
    public async Task A_foreign_key_to_the_table_itself_is_checked_by_its_own_tenant_column()
    {
        await _admin.ExecAsync("alter table shop.orders add parent bigint references shop.orders");
        (await OpenedAsync(Shop.Orders.With("parent", Shop.Write))).Fields["parent"].References.ShouldHaveSingleItem().Table.ShouldBe("orders");
    }

    [Fact(Timeout = Patience)]
    public async Task A_foreign_key_of_several_columns_must_hold_the_tenant_column()
    {
        (await PutAsync(Shop.Clients, "clients")).Problem.ShouldBeNull();
        await _admin.ExecAsync("""
            alter table shop.clients add unique (id, tenant_id), add unique (id, name);
            alter table shop.orders add buyer bigint, add foreign key (buyer, name) references shop.clients (id, name)
            """);
        await RefusedAsync(Shop.Orders.With("buyer", Shop.Write), "fields.buyer.write", "add the tenant column to that foreign key");

        await _admin.ExecAsync("alter table shop.orders drop constraint orders_buyer_name_fkey, add foreign key (tenant_id, buyer) references shop.clients (tenant_id, id)");
        (await OpenedAsync(Shop.Orders.With("buyer", Shop.Write))).Fields["buyer"].References.ShouldBeEmpty();
    }
}
