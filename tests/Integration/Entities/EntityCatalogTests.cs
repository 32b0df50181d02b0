using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Entities;

/// <summary>Two nodes on one database. Their clocks stand still, so that no poll helps where a notification should.</summary>
public sealed class EntityCatalogTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private readonly FakeTimeProvider _time = new();
    private TestDatabase _database = null!;
    private EntityRig _here = null!;
    private EntityRig _there = null!;
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
        _here = new EntityRig(_database, _time);
        _there = new EntityRig(_database, _time);
        await _here.StartAsync();
        await _there.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _here.DisposeAsync();
        await _there.DisposeAsync();
        await _admin.DisposeAsync();
        await _database.DisposeAsync();
    }

    private async Task PutAsync(string name, EntityWrite write)
    {
        (await _here.Service.PutAsync(EntityRig.Superadmin(_tenant), name, write, null, Stop)).Problem.ShouldBeNull();
        await _there.CaughtUpAsync(_admin);
    }

    private async Task<IEnumerable<string>> NamesAsync(EntityRig node) => (await node.Catalog.ListAsync(_tenant, Stop)).Select(entity => entity.Name);

    [Fact(Timeout = Patience)]
    public async Task An_entity_written_on_one_node_is_so_on_the_other()
    {
        (await NamesAsync(_there)).ShouldBeEmpty();
        await PutAsync("orders", Shop.Orders);
        (await NamesAsync(_there)).ShouldBe(["orders"]);
        await PutAsync("orders", Shop.Orders.With("paid", Shop.Read));
        (await _there.Catalog.FindAsync(_tenant, "orders", Stop))!.Fields.Keys.ShouldContain("paid");

        (await _here.Service.DeleteAsync(EntityRig.Superadmin(_tenant), "orders", null, Stop)).Value.ShouldBeTrue();
        await _there.CaughtUpAsync(_admin);

        (await NamesAsync(_there)).ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task Entities_are_read_once_and_kept()
    {
        await PutAsync("orders", Shop.Orders);
        var first = await _there.Catalog.FindAsync(_tenant, "orders", Stop);

        (await _there.Catalog.FindAsync(_tenant, "orders", Stop)).ShouldBeSameAs(first);
    }

    [Fact(Timeout = Patience)]
    public async Task An_entity_whose_table_no_longer_fits_is_left_out_and_logged_once_and_the_others_stay()
    {
        await PutAsync("orders", Shop.Orders);
        await PutAsync("clients", Shop.Clients);
        (await NamesAsync(_there)).ShouldBe(["clients", "orders"]);

        await _admin.ExecAsync("alter table shop.orders drop column total");
        for (var i = 0; i < 2; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(6));
            (await NamesAsync(_there)).ShouldBe(["clients"]);
        }

        _there.Log.Lines.ShouldHaveSingleItem().ShouldContain("orders");
        await _admin.ExecAsync("alter table shop.orders add column total bigint");
        _time.Advance(TimeSpan.FromMinutes(6));
        (await NamesAsync(_there)).ShouldBe(["clients", "orders"]);
    }

    [Fact(Timeout = Patience)]
    public async Task The_entities_of_a_deleted_tenant_are_gone()
    {
        await PutAsync("orders", Shop.Orders);
        (await NamesAsync(_there)).ShouldBe(["orders"]);

        await _admin.ExecAsync($"delete from sandbox.tenants where id = '{_tenant}'");
        await _there.CaughtUpAsync(_admin);

        (await NamesAsync(_there)).ShouldBeEmpty();
    }
}
