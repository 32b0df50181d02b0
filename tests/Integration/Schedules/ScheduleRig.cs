using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Queue;
using Sandbox.Supervisor.Schedules;
using Sandbox.Tests.Integration.Database;
using Xunit;

namespace Sandbox.Tests.Integration.Schedules;

/// <summary>Schedulers on one database, with a clock that the test sets. Nothing takes what they enqueue.</summary>
internal sealed class ScheduleRig : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly NpgsqlConnection _system;
    private readonly Guid _tenant;
    private readonly DispatchSignal _signal = new();
    private readonly List<NewWork> _works = [];

    private ScheduleRig(TestDatabase database, NpgsqlConnection system, Guid tenant, DateTimeOffset start)
    {
        (_database, _system, _tenant, Time) = (database, system, tenant, new FakeTimeProvider(start));
        Scheduler = NewScheduler();
    }

    public FakeTimeProvider Time { get; }
    public Scheduler Scheduler { get; }
    public OccurrenceSweeper Sweeper => new(new ScheduleTickStore(_database.Db), Time, NullLogger<OccurrenceSweeper>.Instance);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<ScheduleRig> CreateAsync(PostgresServer server, string start)
    {
        var database = await server.NewDatabaseAsync();
        var tenant = await database.NewTenantAsync("demo");
        return new ScheduleRig(database, await database.AsAsync(DatabaseRoles.System), tenant, At(start));
    }

    public static DateTimeOffset At(string utc) => DateTimeOffset.Parse(utc + "Z", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Another node's.</summary>
    public Scheduler NewScheduler()
    {
        var store = new ScheduleTickStore(_database.Db);
        var work = new NewWork(_signal, new QueueStore(_database.Db), Time, NullLogger<NewWork>.Instance);
        _works.Add(work);
        return new Scheduler(
            new ScheduleRounds(store, work, Time, NullLogger<ScheduleRounds>.Instance),
            Time,
            new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance),
            NullLogger<Scheduler>.Instance);
    }

    /// <summary>A script whose schedule begins now.</summary>
    public async Task<Guid> AddAsync(
        string cron, string overlap = "skip", string misfire = "latest", string timezone = "UTC", bool enabled = true)
    {
        var (script, version) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await _system.ExecAsync($"""
            begin;
            insert into sandbox.scripts (
                id, tenant_id, name, kind, enabled, disabled_reason, record, timeout_ms, memory_bytes, output_bytes, concurrency, calls, version, version_id)
            values ('{script}', '{_tenant}', 's{script:N}', 'scheduled', {enabled}, {(enabled ? "null" : "'audit'")}, 'all', 1000, 1000, 1000, 5, 10, 1, '{version}');
            insert into sandbox.script_versions (id, tenant_id, script_id, version, source, api_version, created_by)
            values ('{version}', '{_tenant}', '{script}', 1, 'return 1', 1, 'me');
            insert into sandbox.schedules (tenant_id, script_id, cron, timezone, overlap, misfire, enabled, since, next_at)
            values ('{_tenant}', '{script}', '{cron}', '{timezone}', '{overlap}', '{misfire}', {enabled}, '{Time.GetUtcNow():O}', '{Time.GetUtcNow():O}');
            commit;
            """);
        return script;
    }

    /// <summary>Sets the clock and lets the scheduler look until there is nothing left to do.</summary>
    public async Task PassAsync(string utc)
    {
        Time.AdjustTime(At(utc));
        await PassAsync(Scheduler);
    }

    public static async Task PassAsync(Scheduler scheduler)
    {
        while (await scheduler.PassAsync(Stop) == TimeSpan.Zero)
        {
            // More than one round's.
        }
    }

    /// <summary>Oldest first, as <c>12:00:00 queued</c>.</summary>
    public Task<List<string>> OccurrencesAsync(Guid script) => _system.ColumnAsync<string>(
        $"select to_char(due_at at time zone 'UTC', 'HH24:MI:SS') || ' ' || status from sandbox.occurrences where script_id = '{script}' order by due_at");

    /// <summary>How many have each status, as <c>missed 71</c>.</summary>
    public Task<List<string>> StatusesAsync(Guid script) => _system.ColumnAsync<string>(
        $"select status || ' ' || count(*) from sandbox.occurrences where script_id = '{script}' group by status order by status");

    /// <summary>The reasons of those that did not run, oldest first.</summary>
    public Task<List<string>> ReasonsAsync(Guid script) =>
        _system.ColumnAsync<string>($"select why from sandbox.occurrences where script_id = '{script}' and why is not null order by due_at");

    /// <summary>What is enqueued, in its order, as <c>scheduledFor missed</c>.</summary>
    public Task<List<string>> QueueAsync(Guid script) => _system.ColumnAsync<string>(
        $"select (trigger ->> 'scheduledFor') || ' ' || (trigger ->> 'missed') from sandbox.queue where script_id = '{script}' order by sequence");

    public Task<List<Guid>> ExecutionsAsync(Guid script) =>
        _system.ColumnAsync<Guid>($"select execution_id from sandbox.queue where script_id = '{script}' order by sequence");

    /// <summary>A node takes the first that waits.</summary>
    public Task ClaimAsync(Guid script) => _system.ExecAsync($"""
        update sandbox.queue set node_id = gen_random_uuid(), token = 1, claimed_at = now()
        where execution_id = (select execution_id from sandbox.queue where script_id = '{script}' and node_id is null order by sequence limit 1)
        """);

    /// <summary>All that is enqueued ends.</summary>
    public Task EmptyQueueAsync() => _system.ExecAsync("delete from sandbox.queue");

    public Task ExecAsync(string sql) => _system.ExecAsync(sql);

    public Task<long> CountAsync(string sql) => _system.ScalarAsync<long>(sql);

    public async ValueTask DisposeAsync()
    {
        foreach (var work in _works) work.Dispose();
        Scheduler.Dispose();
        _signal.Dispose();
        await _system.DisposeAsync();
        await _database.DisposeAsync();
    }
}
