using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;

namespace Sandbox.Bench;

/// <summary>S1: an http script that answers hello, beside workerd doing the same.</summary>
internal static class HelloThroughput
{
    private const int Pairs = 3;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        report.Title("S1", "http script, hello JSON, every execution recorded", "at least workerd's requests/s and at most its p99");
        report.Raised("tenant: concurrency 100, executions per minute 10,000,000; script: concurrency 100, requests per minute without bound");

        await using var product = await RunningProduct.StartAsync();
        var tenant = await product.CreateTenantAsync("bench");
        await tenant.CreateScriptAsync(
            "hello", "http", "return { hello: 'world' };",
            limits: new JsonObject { ["concurrency"] = 100 },
            trigger: new JsonObject { ["path"] = "/hello", ["methods"] = new JsonArray("GET"), ["auth"] = "public", ["requests_per_minute"] = null });
        var url = new Uri(product.Endpoints.BaseAddress!, "/t/bench/api/scripts/hello");
        await using var workerd = await Workerd.StartAsync(cancellationToken);

        await Wrk.RunAsync(url, 16, s_warmUp, cancellationToken);
        await Wrk.RunAsync(workerd.Url, 16, s_warmUp, cancellationToken);
        foreach (var connections in (int[])[16, 64])
        {
            var ours = new List<Wrk>();
            var theirs = new List<Wrk>();
            string? counted = null;
            for (var pair = 0; pair < Pairs; pair++)
            {
                var before = ProcessCounters.Of(product);
                ours.Add(await Wrk.RunAsync(url, connections, s_time, cancellationToken));
                counted = ProcessCounters.Of(product).Since(before, ours[^1].Requests);
                theirs.Add(await Wrk.RunAsync(workerd.Url, connections, s_time, cancellationToken));
            }

            Print(report, $"product, {connections} connections", ours);
            report.Note(counted!);
            Print(report, $"workerd, {connections} connections", theirs);
            report.Ratio("  requests/s, product to workerd", Median(ours, run => run.PerSecond), Median(theirs, run => run.PerSecond));
            report.Ratio("  p99, product to workerd", Median(ours, run => run.P99Ms), Median(theirs, run => run.P99Ms));
        }

        report.Note(await RecordedAsync(product, cancellationToken));
    }

    /// <summary>The claim that all was recorded, from the product's own counters.</summary>
    private static async Task<string> RecordedAsync(RunningProduct product, CancellationToken cancellationToken)
    {
        var metrics = await product.Metrics.GetStringAsync("/metrics", cancellationToken);
        var lines = metrics.Split('\n').Where(line =>
            line.StartsWith("sandbox_executions_total", StringComparison.Ordinal) || line.StartsWith("sandbox_history", StringComparison.Ordinal));
        return "counters after: " + string.Join("; ", lines.Where(line => !line.Contains("_bucket", StringComparison.Ordinal)));
    }

    private static void Print(Report report, string name, IReadOnlyList<Wrk> runs) => report.Row(
        name,
        $"{Median(runs, run => run.PerSecond),8:F0} requests/s   p50 {Median(runs, run => run.P50Ms):F2} ms   p99 {Median(runs, run => run.P99Ms):F2} ms   failed {runs.Sum(run => run.Failed)} of {runs.Sum(run => run.Requests)}");

    private static double Median(IEnumerable<Wrk> runs, Func<Wrk, double> figure) => new Samples(runs.Select(figure)).Median;
}
