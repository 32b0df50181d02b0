using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Rest;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Product;

/// <summary>The supervisor's own PostgreSQL is killed while the product works.</summary>
public sealed class PostgresRestartTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task Postgres_killed_under_load_comes_back_and_nothing_accepted_is_lost()
    {
        await using var product = await RunningProduct.StartAsync();
        var tenant = await product.CreateTenantAsync("kept");
        await tenant.CreateScriptAsync("quick", "embedded", "return context.input;");
        var answered = new ConcurrentDictionary<string, bool>();
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 4).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                // What is refused meanwhile was not accepted.
                using var answer = await tenant.SendAsync(HttpMethod.Post, "/scripts/quick/invoke", new System.Text.Json.Nodes.JsonObject { ["input"] = 1 }, Stop);
                if (answer.StatusCode == HttpStatusCode.OK) answered[(await RunningProduct.ExpectAsync(answer, HttpStatusCode.OK)).GetProperty("id").GetString()!] = true;
            }
        }).ToArray();
        while (answered.Count < 100) await Task.Delay(20, Stop);

        // Without its control file it cannot start: what follows is the time without PostgreSQL.
        var control = ControlFile(product);
        File.Move(control, control + ".away");
        Kill(product);
        await product.UntilPrintedAsync("PostgreSQL could not be started again", Stop);
        (await ReadinessAsync(product, HttpStatusCode.ServiceUnavailable)).GetProperty("checks").GetProperty("database").GetProperty("message").GetString()!.ShouldContain("started again");
        var before = answered.Count;
        while (answered.Count < before + 20) await Task.Delay(20, Stop);
        File.Move(control + ".away", control);

        await ReadinessAsync(product, HttpStatusCode.OK);
        var after = answered.Count;
        while (answered.Count < after + 20) await Task.Delay(20, Stop);
        await stop.CancelAsync();
        await Task.WhenAll(load);
        await product.UntilPrintedAsync("PostgreSQL ended by itself", Stop);
        await product.UntilPrintedAsync("PostgreSQL takes connections again", Stop);

        var listed = new HashSet<string>(StringComparer.Ordinal);
        string? cursor = null;
        do
        {
            var page = await tenant.GetAsync($"/executions?script=quick&limit=200{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}");
            foreach (var item in page.GetProperty("items").EnumerateArray()) listed.Add(item.GetProperty("id").GetString()!).ShouldBeTrue();
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);
        answered.Keys.Except(listed).ShouldBeEmpty();

        // A second death is mended as the first was.
        Kill(product);
        await ReadinessAsync(product, HttpStatusCode.OK, product.Output.Split("takes connections again").Length);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_stop_while_postgres_is_being_restarted_ends_everything()
    {
        await using var product = await RunningProduct.StartAsync();
        var control = ControlFile(product);
        File.Move(control, control + ".away");
        Kill(product);
        await ReadinessAsync(product, HttpStatusCode.ServiceUnavailable);
        await product.UntilPrintedAsync("PostgreSQL could not be started again", Stop);

        (await product.InterruptAsync()).ShouldBe(0);

        EmbeddedPostgresOrphan.ProcessesIn(Data(product)).ShouldBeEmpty();
    }

    private static string Data(RunningProduct product) => Path.Combine(product.DataDirectory, "postgres", "data");

    private static string ControlFile(RunningProduct product) => Path.Combine(Data(product), "global", "pg_control");

    private static void Kill(RunningProduct product)
    {
        var processes = EmbeddedPostgresOrphan.ProcessesIn(Data(product));
        processes.ShouldNotBeEmpty();
        foreach (var process in processes) _ = EmbeddedPostgresProcess.Kill(process, 9);
    }

    /// <summary>Waits until readiness answers so, and PostgreSQL was started again so many times.</summary>
    private static async Task<JsonElement> ReadinessAsync(RunningProduct product, HttpStatusCode status, int restarts = 0)
    {
        while (true)
        {
            using var answer = await product.Admin.GetAsync(new Uri("/readyz", UriKind.Relative), Stop);
            if (answer.StatusCode == status && product.Output.Split("takes connections again").Length > restarts) return await RunningProduct.ExpectAsync(answer, status);
            await Task.Delay(20, Stop);
        }
    }
}
