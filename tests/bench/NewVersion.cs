using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;

namespace Sandbox.Bench;

/// <summary>S4: the first execution of a new script version in a worker that is warm.</summary>
internal static class NewVersion
{
    private const int Rounds = 30;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    public static async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        report.Title("S4", "first execution of a new version in a warm worker", "p99 15 ms, for up to three at once");
        await using var product = await RunningProduct.StartAsync();
        var tenant = await product.CreateTenantAsync("versions");
        for (var i = 0; i < 3; i++) await tenant.CreateScriptAsync($"hello-{i}", "embedded", "return 0;");
        for (var i = 0; i < 20; i++) await tenant.InvokeAsync("hello-0", cancellationToken: cancellationToken);

        var warm = new Samples();
        for (var i = 0; i < Rounds; i++) warm.Add(await TimeAsync(() => tenant.InvokeAsync("hello-0", cancellationToken: cancellationToken)));
        foreach (var atOnce in (int[])[1, 3])
        {
            var samples = new Samples();
            for (var round = 0; round < Rounds; round++)
            {
                for (var i = 0; i < atOnce; i++) await NewSourceAsync(tenant, $"hello-{i}", $"return {(round * 10) + i} + {atOnce};", cancellationToken);
                await Task.Delay(s_pause, cancellationToken);
                samples.AddRange(await Task.WhenAll(Enumerable.Range(0, atOnce).Select(i => TimeAsync(() => tenant.InvokeAsync($"hello-{i}", cancellationToken: cancellationToken)))));
            }

            report.Milliseconds($"product, {atOnce} new version{(atOnce == 1 ? "" : "s at once")}, 200 ms apart", samples);
            report.Ratio("  p50, a new version to one that ran before", samples.Median, warm.Median);
        }

        report.Milliseconds("product, a version that ran before", warm);
    }

    private static async Task NewSourceAsync(RunningProduct.Tenant tenant, string name, string source, CancellationToken cancellationToken)
    {
        using var response = await tenant.SendAsync(HttpMethod.Patch, $"/scripts/{name}", new JsonObject { ["source"] = source }, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private static async Task<double> TimeAsync(Func<Task> act)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        await act();
        return System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}
