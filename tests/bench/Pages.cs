using System.Diagnostics;
using System.Text.Json.Nodes;
using Npgsql;
using Sandbox.Tests.Integration.Product;

namespace Sandbox.Bench;

/// <summary>How soon pages paint in Debian's Chromium for a tenant with very much, and what is transferred for them.</summary>
internal static class Pages
{
    private const int Scripts = 5_000;
    private const int Executions = 1_000_000;

    public static async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        report.Title("PAGES", $"{Scripts:N0} scripts, {Executions:N0} executions in a day", "first contentful paint 300 ms");
        await using var product = await RunningProduct.StartAsync();
        var tenant = await product.CreateTenantAsync("many");
        await tenant.CreateScriptAsync("pattern", "scheduled", "return 1", trigger: new JsonObject { ["cron"] = "0 0 1 1 *" });
        await tenant.CreateScriptAsync("failing", "embedded", "throw new Error('no order 7');");
        var failed = await tenant.InvokeAsync("failing", cancellationToken: cancellationToken);
        await using (var database = NpgsqlDataSource.Create(Durable.ConnectionString(product)))
        {
            foreach (var statement in s_fill)
            {
                await using var command = database.CreateCommand(statement);
                command.CommandTimeout = 300;
                if (statement.Contains("$1", StringComparison.Ordinal)) command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Scripts });
                if (statement.Contains("$2", StringComparison.Ordinal)) command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Executions });
                await command.ExecuteNonQueryAsync(cancellationToken);
            }

            await using var stale = database.CreateCommand("select count(*) from sandbox.stale_hours where hour < date_trunc('hour', now(), 'UTC')");
            while (await stale.ExecuteScalarAsync(cancellationToken) is not 0L) await Task.Delay(1_000, cancellationToken);
        }

        using var node = Process.Start(new ProcessStartInfo("node", ["speed.js"])
        {
            WorkingDirectory = Path.Combine(RunningProduct.Root, "tests/browser"),
            RedirectStandardOutput = true,
            Environment =
            {
                ["SANDBOX_URL"] = product.Env["SANDBOX_URL"],
                ["SANDBOX_TOKEN"] = product.Env["SANDBOX_ADMIN_TOKEN"],
                ["SANDBOX_TENANT"] = tenant.Slug,
                ["SCRIPT"] = "failing",
                ["EXECUTION"] = failed.GetProperty("id").GetString(),
            },
        })!;
        try
        {
            while (await node.StandardOutput.ReadLineAsync(cancellationToken) is { } line) report.Note(line);
            await node.WaitForExitAsync(cancellationToken);
            if (node.ExitCode != 0) throw new InvalidOperationException($"The browser ended with {node.ExitCode}.");
        }
        finally
        {
            if (!node.HasExited) node.Kill(entireProcessTree: true);
        }
    }

    private static readonly string[] s_fill =
    [
        "select sandbox.make_partitions((now() - interval '2 days')::date, 4)",
        """
        with pattern as (select * from sandbox.scripts where name = 'pattern'),
        made as (
            insert into sandbox.scripts (id, tenant_id, name, description, kind, record, timeout_ms, memory_bytes, output_bytes, concurrency, calls, version, version_id)
            select gen_random_uuid(), p.tenant_id, 'script-' || n, 'One of many', 'embedded', p.record, p.timeout_ms, p.memory_bytes, p.output_bytes,
                p.concurrency, p.calls, 1, gen_random_uuid()
            from pattern p, generate_series(1, $1) n returning *)
        insert into sandbox.script_versions (id, tenant_id, script_id, version, source, api_version, created_by)
        select version_id, tenant_id, id, 1, 'return 1', 1, 'bench' from made
        """,
        """
        insert into sandbox.executions (
            id, tenant_id, script_id, script_name, version_id, version, kind, status, code, error_message, trigger_type, attempt, cause_kind,
            created_at, started_at, finished_at, queue_ms, duration_ms, cpu_ms, calls)
        select (left(sandbox.least_id(x.at)::text, 14) || '7' || substr(md5(x.n::text), 1, 3) || '-8' || substr(md5(x.n::text), 5, 3) || '-' || right(md5(x.n::text), 12))::uuid,
            s.tenant_id, s.id, s.name, s.version_id, 1, s.kind,
            case when x.n % 37 = 0 then 'failed' when x.n % 1009 = 0 then 'timeout' else 'completed' end,
            case when x.n % 37 = 0 then 'SCRIPT_ERROR' when x.n % 1009 = 0 then 'TIMEOUT' end,
            case when x.n % 37 = 0 then 'no order ' || x.n end,
            'api', 1, 'token', x.at, x.at, x.at, (x.n % 100) / 10.0, exp((x.n % 700) / 100.0), 1.5, x.n % 5
        from (select n, now() - interval '24 hours' * (n::float / $2) as at, 'script-' || (1 + (n::bigint * 7919) % $1) as name from generate_series(1, $2) n) x
        join sandbox.scripts s on s.name = x.name
        """,
        "insert into sandbox.stale_hours select distinct tenant_id, date_trunc('hour', created_at, 'UTC') from sandbox.executions on conflict do nothing",
        "vacuum analyze",
    ];
}
