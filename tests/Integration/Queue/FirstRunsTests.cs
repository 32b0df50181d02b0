using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Queue;

/// <summary>Many scripts that are due in one moment and have not run in any worker before.</summary>
public sealed class FirstRunsTests : IAsyncLifetime
{
    private const int Scripts = 160;
    private RunningProduct _product = null!;

    // One worker makes these versions for longer than the supervisor waits for one, and than each of them may run.
    public async ValueTask InitializeAsync() =>
        _product = await RunningProduct.StartAsync("--Sandbox:Executions:WaitMax=00:00:01", "--Sandbox:Workers:Spare=1", "--Sandbox:Workers:Max=2", "--Sandbox:Workers:SlotsPerWorker=500");

    public ValueTask DisposeAsync() => _product.DisposeAsync();

    [Fact(Timeout = 180_000)]
    public async Task They_wait_for_their_turn_and_the_wait_is_not_their_time()
    {
        var tenant = await _product.CreateTenantAsync("midnight", concurrency: 200);
        for (var i = 0; i < Scripts; i++) await tenant.CreateScriptAsync($"s-{i}", "oneoff", $"return {i}", new JsonObject { ["timeout_ms"] = 2_000 });
        var due = TimeProvider.System.GetUtcNow().AddSeconds(2).ToString("O");
        var ids = new List<string>();
        for (var i = 0; i < Scripts; i++) ids.Add(await tenant.EnqueueAsync($"s-{i}", new JsonObject { ["run_at"] = due }));

        var ends = new List<string>();
        foreach (var id in ids)
        {
            var end = await tenant.UntilFinalAsync(id);
            ends.Add($"{end.GetProperty("status").GetString()} {end.GetProperty("attempt").GetInt32()} {end.GetProperty("error")}");
        }

        ends.Distinct().ShouldBe(["completed 1 "]);
        // Whoever was in a worker that is killed runs again, alone: that would hide it.
        var metrics = await _product.Metrics.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        metrics.ShouldContain("sandbox_worker_kills_total");
        metrics.ShouldNotContain("cause=\"protocol\"");
    }
}
