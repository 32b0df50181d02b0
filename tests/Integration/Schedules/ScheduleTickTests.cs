using Npgsql;
using Sandbox.Supervisor.Schedules;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Schedules;

/// <summary>What the statements of a round read, counted by PostgreSQL.</summary>
public sealed class ScheduleTickTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private const int Scripts = 4_000;
    private const int Due = 200;
    private static readonly DateTimeOffset s_now = ScheduleRig.At("2026-05-04T12:00:00");
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.NewDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = Patience)]
    public async Task A_round_reads_about_as_many_rows_as_are_due_where_many_schedules_came_since_PostgreSQL_last_analyzed()
    {
        var cancel = TestContext.Current.CancellationToken;
        var tenant = await _database.NewTenantAsync("many");
        await using (var superuser = await _database.AsSuperuserAsync())
            await superuser.ExecAsync("alter table sandbox.scripts set (autovacuum_enabled = false); alter table sandbox.schedules set (autovacuum_enabled = false)");
        await AddAsync(tenant);
        var store = new ScheduleTickStore(_database.Db);
        await using var tick = await store.BeginAsync(cancel);

        var due = await ScheduleTickStore.DueAsync(tick, s_now, cancel);
        due.Count.ShouldBe(Due);
        await ReadsAsync(tick, 5 * Due, "what is due");
        await ScheduleTickStore.KnownAsync(tick, due, s_now, cancel);
        await ScheduleTickStore.QueuedAsync(tick, due, cancel);
        await ReadsAsync(tick, 6 * Due, "what is known and queued");
        PlannedOccurrence[] planned =
        [
            .. due.Select(schedule => new PlannedOccurrence(
                schedule, Guid.CreateVersion7(), s_now, "queued", Late: false, Missed: 0, Why: null, Guid.CreateVersion7())),
        ];
        await ScheduleTickStore.AddAsync(tick, planned, again: false, cancel);
        await ReadsAsync(tick, 8 * Due, "the occurrences");
        await ScheduleTickStore.AdvanceAsync(tick, [.. due.Select(schedule => (schedule, (DateTimeOffset?)s_now.AddHours(1)))], cancel);
        // Here it may read the schedules whole, once.
        await ReadsAsync(tick, Scripts + (10 * Due), "advancing");
    }

    /// <summary>Rows that this transaction has read so far: a table that is read whole shows.</summary>
    private static async Task ReadsAsync(ScheduleTick tick, int max, string what)
    {
        await using var command = new NpgsqlCommand(
            """
            select relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables
            where schemaname = 'sandbox' and coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) > 0
            """,
            tick.Connection);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var tables = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken)) tables.Add(reader.GetString(0), reader.GetInt64(1));
        tables.Values.Sum().ShouldBeLessThan(max, $"{what}: {string.Join(", ", tables.Select(table => $"{table.Key} {table.Value}"))}");
    }

    private async Task AddAsync(Guid tenant)
    {
        await using var system = await _database.AsAsync(Sandbox.Supervisor.Database.DatabaseRoles.System);
        await system.ExecAsync($"""
            with made as (
                insert into sandbox.scripts (id, tenant_id, name, kind, record, timeout_ms, memory_bytes, output_bytes, concurrency, calls, version, version_id)
                select gen_random_uuid(), '{tenant}', 's-' || n, 'scheduled', 'all', 1000, 1000, 1000, 5, 10, 1, gen_random_uuid() from generate_series(1, {Scripts}) n
                returning *),
            versions as (
                insert into sandbox.script_versions (id, tenant_id, script_id, version, source, api_version, created_by)
                select version_id, tenant_id, id, 1, 'return 1', 1, 'me' from made)
            insert into sandbox.schedules (tenant_id, script_id, cron, timezone, overlap, misfire, enabled, next_at)
            select tenant_id, id, '0 * * * *', 'UTC', 'skip', 'latest', true,
                case when row_number() over () <= {Due} then '{s_now:O}'::timestamptz else '2100-01-01' end
            from made
            """);
    }
}
