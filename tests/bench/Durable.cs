using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Npgsql;
using Sandbox.Tests.Integration.Product;

namespace Sandbox.Bench;

/// <summary>S8 and S9: events and schedules, from the moment they are due to the end of their executions, as the history has them.</summary>
internal static class Durable
{
    private const int Batch = 50;
    private const string Source = "return context.trigger.eventPayload";

    public static async Task EventsAsync(Report report, CancellationToken cancellationToken)
    {
        report.Title("S8", "events: publish to completed", "2,000/s sustained; p99 lag 1 s at 500/s");
        report.Raised("concurrency of the tenant and the script 100, executions_per_minute of the tenant 10,000,000");
        await using var product = await RunningProduct.StartAsync("--Sandbox:Database:Connections=150");
        var tenant = await product.CreateTenantAsync("events");
        await tenant.CreateScriptAsync("heard", "event", Source, new JsonObject { ["concurrency"] = 100 }, new JsonObject { ["event_types"] = new JsonArray("bench.*") });
        await using var database = NpgsqlDataSource.Create(ConnectionString(product));
        await PublishAsync(tenant, "warm", 500, cancellationToken);
        await UntilAsync(database, "bench.warm", 500, cancellationToken);

        const int steady = 5_000;
        var from = Stopwatch.GetTimestamp();
        for (var sent = 0; sent < steady; sent += Batch)
        {
            await PublishAsync(tenant, "steady", Batch, cancellationToken);
            var ahead = TimeSpan.FromSeconds((sent + Batch) / 500.0) - Stopwatch.GetElapsedTime(from);
            if (ahead > TimeSpan.Zero) await Task.Delay(ahead, cancellationToken);
        }

        await UntilAsync(database, "bench.steady", steady, cancellationToken);
        report.Milliseconds("lag at 500/s", await LagAsync(database, "bench.steady", cancellationToken));

        foreach (var count in (int[])[5_000, 20_000])
        {
            var type = $"flood{count}";
            var counters = ProcessCounters.Of(product);
            from = Stopwatch.GetTimestamp();
            for (var sent = 0; sent < count; sent += 1_000) await PublishAsync(tenant, type, 1_000, cancellationToken);
            var published = Stopwatch.GetElapsedTime(from);
            await UntilAsync(database, $"bench.{type}", count, cancellationToken);
            report.Row($"{count:N0} at once", $"{count / Stopwatch.GetElapsedTime(from).TotalSeconds:N0} events/s to completed; published at {count / published.TotalSeconds:N0}/s");
            report.Note(ProcessCounters.Of(product).Since(counters, count));
        }
    }

    public static async Task SchedulesAsync(Report report, CancellationToken cancellationToken)
    {
        report.Title("S9", "10,000 schedules, 500 due in the same second", "lateness p99 1 s");
        report.Raised("concurrency of the tenant 100, executions_per_minute of the tenant 10,000,000");
        await using var product = await RunningProduct.StartAsync("--Sandbox:Database:Connections=150");
        var tenant = await product.CreateTenantAsync("schedules");
        await tenant.CreateScriptAsync("pattern", "scheduled", "return 1", trigger: new JsonObject { ["cron"] = "0 0 1 1 *" });
        await using var database = NpgsqlDataSource.Create(ConnectionString(product));
        foreach (var (others, name) in ((int, string)[])[(9_500, "later"), (500, "due")])
        {
            await using var copy = database.CreateCommand($"""
                with pattern as (select * from sandbox.scripts where name = 'pattern'),
                made as (
                    insert into sandbox.scripts (id, tenant_id, name, kind, record, trigger, timeout_ms, memory_bytes, output_bytes, concurrency, calls, version, version_id)
                    select gen_random_uuid(), p.tenant_id, '{name}-' || n, p.kind, p.record, p.trigger, p.timeout_ms, p.memory_bytes, p.output_bytes, p.concurrency, p.calls, 1, gen_random_uuid()
                    from pattern p, generate_series(1, {others}) n returning *),
                versions as (
                    insert into sandbox.script_versions (id, tenant_id, script_id, version, source, api_version, created_by)
                    select version_id, tenant_id, id, 1, 'return 1', 1, 'bench' from made)
                insert into sandbox.schedules (tenant_id, script_id, cron, timezone, overlap, misfire, enabled, next_at)
                select tenant_id, id, '0 0 1 1 *', 'UTC', 'skip', 'latest', true, '2100-01-01' from made
                """);
            copy.CommandTimeout = 300;
            await copy.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var analyze = database.CreateCommand("analyze sandbox.scripts, sandbox.script_versions, sandbox.schedules")) await analyze.ExecuteNonQueryAsync(cancellationToken);
        var due = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 3);
        await using (var soon = database.CreateCommand("""
            update sandbox.schedules s set next_at = $1, cron = $2 from sandbox.scripts c where c.id = s.script_id and c.name like 'due-%'
            """))
        {
            soon.Parameters.AddWithValue(due);
            soon.Parameters.AddWithValue($"{due.Second} {due.Minute} {due.Hour} {due.Day} {due.Month} *");
            await soon.ExecuteNonQueryAsync(cancellationToken);
        }

        await UntilAsync(database, "select count(*) from sandbox.executions where script_name like 'due-%' and finished_at is not null", 500, cancellationToken, isQuery: true);
        report.Milliseconds("due to enqueued", await ValuesAsync(database, "select extract(epoch from o.created_at - o.due_at)::float8 * 1000 from sandbox.occurrences o", cancellationToken));
        report.Milliseconds("due to started, each the first run of its version", await ValuesAsync(
            database, "select extract(epoch from e.started_at - o.due_at)::float8 * 1000 from sandbox.occurrences o join sandbox.executions e on e.tenant_id = o.tenant_id and e.id = o.execution_id", cancellationToken));
        await using var ends = database.CreateCommand(
            "select string_agg(n || ' ' || how, ', ') from (select concat_ws(' ', status, code, error_message) how, count(*) n from sandbox.executions where script_name like 'due-%' group by 1) e");
        report.Row("ended", (string)(await ends.ExecuteScalarAsync(cancellationToken))!);
    }

    private static async Task PublishAsync(RunningProduct.Tenant tenant, string type, int count, CancellationToken cancellationToken)
    {
        var events = new JsonArray();
        for (var i = 0; i < count; i++)
            events.Add(new JsonObject { ["specversion"] = "1.0", ["id"] = Guid.NewGuid().ToString(), ["source"] = "/bench", ["type"] = $"bench.{type}", ["data"] = new JsonObject { ["n"] = i } });
        using var request = tenant.Request(HttpMethod.Post, "/events");
        request.Content = new StringContent(events.ToJsonString(), System.Text.Encoding.UTF8, "application/cloudevents-batch+json");
        using var response = await tenant.SendAsync(request, cancellationToken);
        await RunningProduct.ExpectAsync(response, HttpStatusCode.Accepted);
    }

    private static async Task UntilAsync(NpgsqlDataSource database, string type, int count, CancellationToken cancellationToken, bool isQuery = false)
    {
        var sql = isQuery ? type : $"select count(*) from sandbox.deliveries d join sandbox.events e on e.tenant_id = d.tenant_id and e.id = d.event_id where e.type = '{type}' and d.state = 'completed'";
        var last = (Count: -1L, At: Stopwatch.GetTimestamp());
        while (true)
        {
            await using var command = database.CreateCommand(sql);
            var done = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
            if (done >= count) return;
            if (done > last.Count) last = (done, Stopwatch.GetTimestamp());
            if (Stopwatch.GetElapsedTime(last.At) > TimeSpan.FromSeconds(30)) throw new InvalidOperationException($"{done} of {count} ended, and no more for 30 s");
            await Task.Delay(100, cancellationToken);
        }
    }

    private static Task<Samples> LagAsync(NpgsqlDataSource database, string type, CancellationToken cancellationToken) => ValuesAsync(
        database,
        $"""
        select extract(epoch from x.finished_at - e.created_at)::float8 * 1000
        from sandbox.events e join sandbox.executions x on x.tenant_id = e.tenant_id and x.cause_kind = 'event' and x.cause_id = e.id::text
        where e.type = '{type}'
        """,
        cancellationToken);

    private static async Task<Samples> ValuesAsync(NpgsqlDataSource database, string sql, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var samples = new Samples();
        while (await reader.ReadAsync(cancellationToken)) samples.Add(reader.GetDouble(0));
        return samples;
    }

    /// <summary>The product's own PostgreSQL, as its superuser.</summary>
    internal static string ConnectionString(RunningProduct product)
    {
        var pid = Directory.GetFiles(product.DataDirectory, "postmaster.pid", SearchOption.AllDirectories).Single();
        var lines = File.ReadAllLines(pid);
        return $"Host={lines[4].Trim()};Port={lines[3].Trim()};Username=postgres;Database=sandbox";
    }
}
