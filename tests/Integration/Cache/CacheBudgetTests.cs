using Microsoft.Extensions.Time.Testing;
using Sandbox.Supervisor.Cache;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Cache;

/// <summary>What the caches of one tenant may take up.</summary>
public sealed class CacheBudgetTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private readonly FakeTimeProvider _time = new();
    private TestDatabase _database = null!;
    private CacheBudget _budget = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _budget = new CacheBudget(new CacheStore(_database.Db), _time);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = Patience)]
    public async Task A_tenant_has_100_000_keys_at_most_and_room_again_once_they_are_gone()
    {
        var (full, other) = (await _database.NewTenantAsync("full"), await _database.NewTenantAsync("other"));
        await FillAsync(full, "select n::text, '1' from generate_series(1, 100000) n");

        (await _budget.TakeAsync(full, 1, Stop)).ShouldBe("100000 keys");
        (await _budget.TakeAsync(other, 1, Stop)).ShouldBeNull();
        await using (var own = await _database.AsTenantAsync(full)) await own.ExecAsync("delete from sandbox.cache where key = '7'");
        // Counted within the last second: whoever calls again and again does not make the database count each time.
        (await _budget.TakeAsync(full, 1, Stop)).ShouldBe("100000 keys");
        _time.Advance(TimeSpan.FromSeconds(2));
        (await _budget.TakeAsync(full, 1, Stop)).ShouldBeNull();
        (await _budget.TakeAsync(full, 1, Stop)).ShouldBe("100000 keys");
    }

    [Fact(Timeout = Patience)]
    public async Task A_tenant_has_100_MB_at_most()
    {
        var tenant = await _database.NewTenantAsync("large");
        // Stored as it comes: what cannot be compressed would take long to make.
        await using (var admin = await _database.AsSuperuserAsync()) await admin.ExecAsync("alter table sandbox.cache alter column value set storage external");
        await FillAsync(tenant, "select n::text, to_json(repeat('x', 1000000))::text from generate_series(1, 106) n");

        (await _budget.TakeAsync(tenant, 1, Stop)).ShouldBe("100 MB");
    }

    [Fact(Timeout = Patience)]
    public async Task What_is_written_between_two_counts_counts()
    {
        var tenant = await _database.NewTenantAsync("quick");
        for (var i = 0; i < 100; i++) (await _budget.TakeAsync(tenant, 1024 * 1024, Stop)).ShouldBeNull();

        (await _budget.TakeAsync(tenant, 1024 * 1024, Stop)).ShouldBe("100 MB");
    }

    [Fact(Timeout = Patience)]
    public async Task What_has_expired_is_removed_and_the_rest_stays()
    {
        var tenant = await _database.NewTenantAsync("old");
        await FillAsync(tenant, "select n::text, '1' from generate_series(1, 10) n");
        await using (var own = await _database.AsTenantAsync(tenant)) await own.ExecAsync("update sandbox.cache set expires_at = now() - interval '1 second' where key::int <= 7");
        var store = new CacheStore(_database.Db);

        (await store.SweepAsync(5, Stop), await store.SweepAsync(5, Stop), await store.SweepAsync(5, Stop)).ShouldBe((5, 2, 0));

        (await store.UsedAsync(tenant, Stop)).Keys.ShouldBe(3);
    }

    private async Task FillAsync(Guid tenant, string keysAndValues)
    {
        await using var own = await _database.AsTenantAsync(tenant);
        await own.ExecAsync($"insert into sandbox.cache (tenant_id, script_id, key, value) select '{tenant}', '{Guid.Empty}', k, v::json from ({keysAndValues}) made (k, v)");
    }
}
