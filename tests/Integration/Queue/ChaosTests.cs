using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Sandbox.Supervisor.Database;
using Sandbox.Tests.Integration.Database;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Queue;

/// <summary>
/// Two supervisors on one PostgreSQL; supervisors, workers and PostgreSQL are killed with -9 at random moments and started again. What
/// was accepted is counted at the end. <c>CHAOS_SECONDS</c> makes it longer, <c>CHAOS_SEED</c> repeats a run.
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const int Patience = 3_600_000;
    private static readonly TimeSpan s_settle = TimeSpan.FromMinutes(3);
    private static readonly string[] s_turns = ["the first supervisor", "the second supervisor", "a worker", "PostgreSQL"];
    private readonly int _seconds = int.Parse(Environment.GetEnvironmentVariable("CHAOS_SECONDS") ?? "20", CultureInfo.InvariantCulture);
    private readonly int _seed = int.Parse(Environment.GetEnvironmentVariable("CHAOS_SEED") ?? Random.Shared.Next().ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task Nothing_that_was_accepted_is_lost_and_no_execution_runs_twice()
    {
        output.WriteLine($"CHAOS_SEED={_seed}");
        using var directory = new TempDirectory();
        var postgres = await StartPostgresAsync(directory.Path);
        var database = postgres.SuperuserConnectionString(new NpgsqlConnectionStringBuilder(postgres.ConnectionString).Database!);
        string[] settings = [$"\"--Sandbox:Database:ConnectionString={database}\"", "--Sandbox:Queue:Lease=00:00:05"];
        await using var first = await RunningProduct.StartAsync(settings);
        await using var second = await RunningProduct.StartAsync(
            [.. settings, "--Sandbox:Demo:Enabled=false", $"--Sandbox:Secrets:KeyFile={Path.Combine(first.DataDirectory, "secrets.key")}"]);
        RunningProduct[] products = [first, second];
        var token = first.Env["SANDBOX_ADMIN_TOKEN"];
        var tenant = await first.CreateTenantAsync("chaos");
        const string source = """
            await sdk.cache.increment(`runs-${context.executionId}`, 1, { scope: 'tenant' });
            await new Promise(done => setTimeout(done, Math.random() * 300));
            if (Math.random() < 0.1) throw new Error('now and then');
            return context.attempt;
            """;
        await tenant.CreateScriptAsync("work", "oneoff", source, new JsonObject { ["concurrency"] = 20 }, retry: new JsonObject { ["attempts"] = 4, ["backoff_ms"] = 100 });
        await tenant.CreateScriptAsync(
            "tick", "scheduled", source, new JsonObject { ["concurrency"] = 20 }, new JsonObject { ["cron"] = "* * * * * *", ["overlap"] = "allow", ["misfire"] = "all" },
            retry: new JsonObject { ["attempts"] = 4, ["backoff_ms"] = 100 });

        await tenant.CreateScriptAsync(
            "heard", "event", source, new JsonObject { ["concurrency"] = 20 }, new JsonObject { ["event_types"] = new JsonArray("chaos.*") },
            retry: new JsonObject { ["attempts"] = 4, ["backoff_ms"] = 100 });

        var accepted = new List<Guid>();
        var published = new List<string>();
        using (var end = CancellationTokenSource.CreateLinkedTokenSource(Stop))
        {
            end.CancelAfter(TimeSpan.FromSeconds(_seconds));
            var load = LoadAsync(products, token, accepted, published, end.Token);
            postgres = await KillAsync(products, postgres, directory.Path, new Random(_seed), end.Token);
            await load;
        }

        foreach (var product in products) await UpAsync(product);
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(Stop);
        await connection.ExecAsync("update sandbox.schedules set next_at = null");
        await QuietAsync(connection);

        output.WriteLine($"{accepted.Count} accepted, {published.Count} published; {await connection.ScalarAsync<long>("select count(*) from sandbox.executions")} executions, "
            + $"{await connection.ScalarAsync<long>("select count(*) from sandbox.executions where code = 'INTERRUPTED'")} interrupted, "
            + $"{await connection.ScalarAsync<long>("select count(*) from sandbox.dead_letters")} dead letters, "
            + $"{await connection.ScalarAsync<long>("select count(*) from sandbox.occurrences")} occurrences");
        accepted.Count.ShouldBeGreaterThan(_seconds);
        var known = await connection.ColumnAsync<Guid>("select id from sandbox.executions");
        accepted.Except(known).ShouldBeEmpty("accepted, and nowhere");
        (await connection.ColumnAsync<string>("""
            select idempotency_key from sandbox.executions group by idempotency_key
            having count(*) filter (where status = 'completed') <> 1
               and not exists (select from sandbox.dead_letters d where d.idempotency_key = executions.idempotency_key)
            """)).ShouldBeEmpty("neither completed once nor dead");
        var final = await connection.ColumnAsync<string>("""
            select e.event_id from sandbox.events e join sandbox.deliveries d on d.tenant_id = e.tenant_id and d.event_id = e.id where d.state in ('completed', 'dead')
            """);
        published.Except(final).ShouldBeEmpty("published, and not delivered");
        final.ShouldBeUnique();
        (await connection.ColumnAsync<string>("select key from sandbox.cache where key like 'runs-%' and value::text::numeric > 1")).ShouldBeEmpty("ran twice");
        (await connection.ScalarAsync<long>("select count(*) from sandbox.occurrences where status = 'queued'")).ShouldBe(0);
        (await connection.ScalarAsync<long>("select count(*) - (extract(epoch from max(due_at) - min(due_at))::bigint + 1) from sandbox.occurrences")).ShouldBe(0, "a due second without a row");
    }

    /// <summary>About ten a second, to whichever node answers. What was not answered with 202 may or may not be there; it is not counted.</summary>
    private static async Task LoadAsync(RunningProduct[] products, string token, List<Guid> accepted, List<string> published, CancellationToken end)
    {
        for (var i = 0; !end.IsCancellationRequested; i++)
        {
            try
            {
                var node = products[i % products.Length];
                var happened = new JsonObject { ["specversion"] = "1.0", ["id"] = $"e-{i}", ["source"] = "/chaos", ["type"] = "chaos.one", ["data"] = i };
                using var stored = await node.SendAsync(HttpMethod.Post, "/api/v1/events", token, "chaos", happened, end);
                if ((int)stored.StatusCode == 202) published.Add($"e-{i}");
                using var response = await node.SendAsync(HttpMethod.Post, "/api/v1/scripts/work/executions", token, "chaos", new JsonObject(), end);
                if ((int)response.StatusCode == 202) accepted.Add((await response.Content.ReadFromJsonAsync<JsonElement>(CancellationToken.None)).GetProperty("id").GetGuid());
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
            {
                // Killed just then.
            }

            await Task.Delay(50, CancellationToken.None);
        }
    }

    private async Task<EmbeddedPostgres> KillAsync(RunningProduct[] products, EmbeddedPostgres postgres, string directory, Random random, CancellationToken end)
    {
        // Each kind comes up again and again, in an order of the seed's.
        var turns = new Queue<string>();
        while (!end.IsCancellationRequested)
        {
            await Task.Delay(random.Next(1_500, 4_000), CancellationToken.None);
            if (turns.Count == 0) foreach (var turn in s_turns.OrderBy(_ => random.Next())) turns.Enqueue(turn);
            var what = turns.Dequeue();
            output.WriteLine($"kill {what}");
            switch (what)
            {
                case "PostgreSQL":
                    Kill(postgres.ProcessId);
                    await postgres.Exit;
                    await postgres.DisposeAsync();
                    postgres = await StartPostgresAsync(directory);
                    break;
                case "a worker":
                    if (products.SelectMany(product => product.HasEnded ? [] : product.Workers()).ToArray() is { Length: > 0 } workers) Kill(workers[random.Next(workers.Length)].Id);
                    break;
                default:
                    var killed = products[what == "the first supervisor" ? 0 : 1];
                    await killed.KillAsync();
                    await Task.Delay(random.Next(100, 3_000), CancellationToken.None);
                    await UpAsync(killed);
                    break;
            }
        }

        return postgres;
    }

    private static async Task UpAsync(RunningProduct product)
    {
        while (true)
        {
            try
            {
                if (product.HasEnded) await product.StartProcessAsync();
                return;
            }
            catch (InvalidOperationException)
            {
                // PostgreSQL was not up.
                await Task.Delay(500, Stop);
            }
        }
    }

    private static async Task QuietAsync(NpgsqlConnection connection)
    {
        for (var from = Stopwatch.GetTimestamp(); ; await Task.Delay(250, Stop))
        {
            if (await connection.ScalarAsync<long>("select (select count(*) from sandbox.queue) + (select count(*) from sandbox.events where routed_at is null)") == 0) return;
            if (Stopwatch.GetElapsedTime(from) > s_settle) throw new InvalidOperationException($"{await connection.ScalarAsync<long>("select count(*) from sandbox.queue")} executions never ended.");
        }
    }

    private static Task<EmbeddedPostgres> StartPostgresAsync(string directory) =>
        EmbeddedPostgres.StartAsync(directory, new DatabaseOptions(), NullLogger.Instance, TimeProvider.System, CancellationToken.None);

    private static void Kill(int id)
    {
        using var kill = Process.Start("kill", $"-KILL {id}");
        kill.WaitForExit();
    }
}
