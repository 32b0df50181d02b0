using Sandbox.Supervisor.Alerts;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Alerts;

/// <summary>Rounds of nodes on one database.</summary>
public sealed class AlertRoundTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private TestDatabase _database = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await server.NewDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = Patience)]
    public async Task One_node_at_a_time_has_a_round_and_the_signals_of_one_that_broke_off_are_the_nexts()
    {
        var tenant = await _database.NewTenantAsync("demo");
        await using var admin = await _database.AsSuperuserAsync();
        await admin.ExecAsync($"""
            insert into sandbox.alert_signals (tenant_id, script_id, script_name, kind, failures, failures_after)
            values ('{tenant}', gen_random_uuid(), 'nightly', 'oneoff', 2, 2)
            """);
        var (first, second) = (new AlertRoundStore(_database.Db), new AlertRoundStore(_database.Db));

        await using (var round = (await first.BeginAsync(Stop)).ShouldNotBeNull())
        {
            (await AlertRoundStore.TakeAsync(round, Stop)).Count.ShouldBe(1);
            (await second.BeginAsync(Stop)).ShouldBeNull();
        }

        await using (var round = (await second.BeginAsync(Stop)).ShouldNotBeNull())
        {
            (await AlertRoundStore.TakeAsync(round, Stop)).ShouldHaveSingleItem().Failures.ShouldBe(2);
            (await first.BeginAsync(Stop)).ShouldBeNull();
            await round.CommitAsync(Stop);
        }

        await using var last = (await first.BeginAsync(Stop)).ShouldNotBeNull();
        (await AlertRoundStore.TakeAsync(last, Stop)).ShouldBeEmpty();
    }
}
