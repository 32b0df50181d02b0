using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Events;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Events;

/// <summary>How long events are kept.</summary>
public sealed class EventSweepTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new(s_start);
    private TestDatabase _database = null!;
    private NpgsqlConnection _system = null!;
    private Guid _tenant;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _tenant = await _database.NewTenantAsync("demo");
        _system = await _database.AsAsync(DatabaseRoles.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _system.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task An_event_that_nobody_heard_goes_after_seven_days_and_one_that_is_not_routed_stays()
    {
        await AddAsync("unheard", routedAt: s_start);
        await AddAsync("later", routedAt: s_start.AddMinutes(1));
        await AddAsync("unrouted", routedAt: null);

        (await SweepAfterAsync(TimeSpan.FromDays(7))).ShouldBe(["later", "unheard", "unrouted"]);
        (await SweepAfterAsync(TimeSpan.FromSeconds(1))).ShouldBe(["later", "unrouted"]);
        (await SweepAfterAsync(TimeSpan.FromDays(365))).ShouldBe(["unrouted"]);
    }

    [Fact(Timeout = Patience)]
    public async Task A_delivered_event_goes_thirty_days_after_the_last_of_its_deliveries_was_final()
    {
        await DeliverAsync(await AddAsync("once", routedAt: s_start), s_start);
        var twice = await AddAsync("twice", routedAt: s_start);
        await DeliverAsync(twice, s_start);
        await DeliverAsync(twice, s_start.AddDays(5));

        (await SweepAfterAsync(TimeSpan.FromDays(30))).ShouldBe(["once", "twice"]);
        (await SweepAfterAsync(TimeSpan.FromSeconds(1))).ShouldBe(["twice"]);
        (await SweepAfterAsync(TimeSpan.FromDays(5) - TimeSpan.FromSeconds(1))).ShouldBe(["twice"]);
        (await _system.ScalarAsync<long>("select count(*) from sandbox.deliveries")).ShouldBe(2);
        (await SweepAfterAsync(TimeSpan.FromSeconds(1))).ShouldBeEmpty();
        (await _system.ScalarAsync<long>("select count(*) from sandbox.deliveries")).ShouldBe(0);
    }

    [Fact(Timeout = Patience)]
    public async Task A_delivery_that_waits_keeps_its_event_however_old_the_others_are()
    {
        var id = await AddAsync("held", routedAt: s_start);
        await DeliverAsync(id, s_start);
        await DeliverAsync(id, finishedAt: null);

        (await SweepAfterAsync(TimeSpan.FromDays(365))).ShouldBe(["held"]);
        await _system.ExecAsync($"""
            update sandbox.deliveries set state = 'dead', finished_at = '{s_start.AddDays(365):O}' where state = 'waiting'
            """);
        (await SweepAfterAsync(TimeSpan.FromDays(30))).ShouldBe(["held"]);
        (await SweepAfterAsync(TimeSpan.FromSeconds(1))).ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task One_round_removes_more_than_one_transaction_takes()
    {
        await _system.ExecAsync($"""
            insert into sandbox.events (tenant_id, id, source, event_id, type, payload, routed_at)
            select '{_tenant}', gen_random_uuid(), '/shop', 'e-' || n, 'order.paid', 'null', '{s_start:O}' from generate_series(1, 5001) n
            """);

        (await SweepAfterAsync(TimeSpan.FromDays(8))).ShouldBeEmpty();
    }

    /// <summary>Lets time pass and one round run; ids of the events that are left.</summary>
    private async Task<List<string>> SweepAfterAsync(TimeSpan passed)
    {
        _time.Advance(passed);
        await new EventSweeper(new EventSweepStore(_database.Db), _time, NullLogger<EventSweeper>.Instance).RunAsync(Stop);
        return await _system.ColumnAsync<string>("select event_id from sandbox.events order by event_id");
    }

    private async Task<Guid> AddAsync(string eventId, DateTimeOffset? routedAt)
    {
        var id = Guid.CreateVersion7();
        await _system.ExecAsync($"""
            insert into sandbox.events (tenant_id, id, source, event_id, type, payload, routed_at)
            values ('{_tenant}', '{id}', '/shop', '{eventId}', 'order.paid', 'null', {Time(routedAt)})
            """);
        return id;
    }

    /// <param name="finishedAt">Null: it waits.</param>
    private Task<int> DeliverAsync(Guid id, DateTimeOffset? finishedAt) => _system.ExecAsync($"""
        insert into sandbox.deliveries (tenant_id, id, event_id, script_id, script_name, state, execution_id, finished_at)
        values (
            '{_tenant}', gen_random_uuid(), '{id}', gen_random_uuid(), 'heard', '{(finishedAt is null ? "waiting" : "completed")}',
            gen_random_uuid(), {Time(finishedAt)})
        """);

    private static string Time(DateTimeOffset? time) => time is { } known ? $"'{known:O}'" : "null";
}
