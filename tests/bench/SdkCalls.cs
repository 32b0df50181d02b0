using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Sandbox.Tests.Integration.Product;

namespace Sandbox.Bench;

/// <summary>SDK: calls of a script on the broker, beside the same statements sent by Npgsql directly.</summary>
internal static class SdkCalls
{
    private const int Calls = 2_000;
    private const string Set = "select set_config('sandbox.tenant_id', $1, true), set_config('statement_timeout', '5000ms', true)";

    // Each call is timed by the script's own clock, which the worker reads.
    private const string Harness = """
        const { n, at } = context.input;
        const times = [];
        const one = async (i) => {
          const from = sdk.usage().durationMs;
          await act(i);
          times.push(sdk.usage().durationMs - from);
        };
        for (let i = 0; i < 200; i++) await act(i);
        await Promise.all(Array.from({ length: at }, async (_, lane) => { for (let i = lane; i < n; i += at) await one(i); }));
        return times;
        """;

    private static readonly (string Name, string Act)[] s_acts =
    [
        ("sdk.cache.get", "const act = () => sdk.cache.get('k');"),
        ("sdk.db.get", "const act = () => sdk.db.get('clients', '1');"),
        ("a transaction of five statements", """
            const act = () => sdk.db.transaction(async (tx) => {
              const row = await tx.insert('transactions', { amount: 1 });
              await tx.get('clients', '1');
              await tx.count('payments');
              await tx.findOne('orders', { orderBy: 'number' });
              return tx.get('transactions', row.id);
            });
            """),
    ];

    public static async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        report.Title("SDK", "a call of the sdk, alone and 32 in flight", "p50 at most twice that of the same statements by Npgsql");
        report.Raised("calls_per_minute of the tenant 10,000,000; calls of an execution 100,000; connections of a tenant 32");
        await using var product = await RunningProduct.StartAsync("--Sandbox:Data:ConnectionsPerTenant=32", "--Sandbox:Database:Connections=150");
        using (var raised = await product.SendAsync(HttpMethod.Patch, "/api/v1/tenants/demo", product.Env["SANDBOX_ADMIN_TOKEN"], null, new JsonObject { ["limits"] = new JsonObject { ["calls_per_minute"] = 10_000_000 } }, cancellationToken))
            raised.EnsureSuccessStatusCode();
        var demo = new RunningProduct.Tenant(product, "demo");
        var limits = new JsonObject { ["calls"] = 100_000, ["timeout_ms"] = 120_000, ["concurrency"] = 8 };
        for (var i = 0; i < s_acts.Length; i++) await demo.CreateScriptAsync($"act-{i}", "embedded", $"{s_acts[i].Act}\nif (context.input === null) return await sdk.cache.set('k', {{ some: 'value' }});\n{Harness}", (JsonObject)limits.DeepClone());
        await demo.InvokeAsync("act-0", cancellationToken: cancellationToken);

        var tenant = (await demo.InvokeAsync("hello", cancellationToken: cancellationToken)).GetProperty("tenant_id").GetString()!;
        await using var direct = NpgsqlDataSource.Create(Durable.ConnectionString(product));
        var statements = Statements(tenant);
        for (var i = 0; i < s_acts.Length; i++)
        {
            foreach (var at in (int[])[1, 32])
            {
                var through = await ThroughAsync(demo, $"act-{i}", at, cancellationToken);
                var directly = await DirectAsync(direct, statements[i], at, cancellationToken);
                through.AddRange((await ThroughAsync(demo, $"act-{i}", at, cancellationToken)).Values);
                directly.AddRange((await DirectAsync(direct, statements[i], at, cancellationToken)).Values);
                report.Milliseconds($"{s_acts[i].Name}, {at} in flight", through);
                report.Milliseconds("  by Npgsql directly", directly);
                report.Ratio("  p50, the product to Npgsql", through.Median, directly.Median);
            }
        }
    }

    private static async Task<Samples> ThroughAsync(RunningProduct.Tenant demo, string script, int at, CancellationToken cancellationToken)
    {
        // An execution holds at most four transactions: 32 in flight are eight executions' then.
        var executions = at == 1 ? 1 : 8;
        var all = await Task.WhenAll(Enumerable.Range(0, executions).Select(_ =>
            demo.InvokeAsync(script, new JsonObject { ["n"] = Calls / executions, ["at"] = at / executions }, cancellationToken: cancellationToken)));
        if (all.FirstOrDefault(execution => execution.GetProperty("status").GetString() != "completed") is { ValueKind: JsonValueKind.Object } failed) throw new InvalidOperationException(failed.GetRawText());
        return new Samples(all.SelectMany(execution => execution.GetProperty("output").EnumerateArray()).Select(time => time.GetDouble()));
    }

    private static async Task<Samples> DirectAsync(NpgsqlDataSource source, Func<NpgsqlDataSource, CancellationToken, Task> act, int at, CancellationToken cancellationToken)
    {
        var samples = new Samples();
        for (var i = 0; i < 200; i++) await act(source, cancellationToken);
        var gate = new Lock();
        await Task.WhenAll(Enumerable.Range(0, at).Select(async lane =>
        {
            for (var i = lane; i < Calls; i += at)
            {
                var from = Stopwatch.GetTimestamp();
                await act(source, cancellationToken);
                var time = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
                lock (gate) samples.Add(time);
            }
        }));
        return samples;
    }

    private static List<Func<NpgsqlDataSource, CancellationToken, Task>> Statements(string tenant) =>
    [
        (source, token) => OneAsync(source, tenant, "select value::text from sandbox.cache where tenant_id = $1::uuid and key = 'k' and (expires_at is null or expires_at > now())", token),
        (source, token) => OneAsync(source, tenant, "select t.id::text, t.name::text, t.email::text from demo.clients t where t.tenant_id = $1::uuid and t.id = 1", token),
        async (source, token) =>
        {
            await using var connection = await source.OpenConnectionAsync(token);
            await using var transaction = await connection.BeginTransactionAsync(token);
            var id = await RunAsync(connection, tenant, "insert into demo.transactions as t (tenant_id, amount) values ($1::uuid, 1) returning t.id::text", token);
            await RunAsync(connection, tenant, "select t.id::text, t.name::text, t.email::text from demo.clients t where t.tenant_id = $1::uuid and t.id = 1", token);
            await RunAsync(connection, tenant, "select count(*)::text from demo.payments t where t.tenant_id = $1::uuid", token);
            await RunAsync(connection, tenant, "select t.id::text, t.number::text from demo.orders t where t.tenant_id = $1::uuid order by t.number, t.id limit 1", token);
            await RunAsync(connection, tenant, $"select t.id::text, t.amount::text from demo.transactions t where t.tenant_id = $1::uuid and t.id = {id}", token);
            await transaction.CommitAsync(token);
        },
    ];

    private static async Task OneAsync(NpgsqlDataSource source, string tenant, string sql, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await RunAsync(connection, tenant, sql, cancellationToken);
    }

    private static async Task<string?> RunAsync(NpgsqlConnection connection, string tenant, string sql, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(Set) { Parameters = { new NpgsqlParameter<string> { TypedValue = tenant } } },
                new NpgsqlBatchCommand(sql) { Parameters = { new NpgsqlParameter<string> { TypedValue = tenant } } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? reader.GetString(0) : null;
    }
}
