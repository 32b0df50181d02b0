using System.Diagnostics;
using Sandbox.Tests.Integration.Product;

namespace Sandbox.Bench;

/// <summary>S3: the first execution of a tenant that has no worker yet.</summary>
internal static class FirstExecution
{
    private const int Tenants = 12;
    private static readonly TimeSpan s_refill = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        report.Title("S3", "first execution of a tenant without a worker", "p99 30 ms with a spare worker, 500 ms without");
        report.Raised("Sandbox:Executions:WaitMax 30 s");
        var spare = new Samples();
        var none = new Samples();
        var workerd = new Samples();
        var isolates = new Samples();

        // One after the other: two products at once would share the two cores.
        await MeasureAsync(spares: 1, spare, workerd, cancellationToken);
        await MeasureAsync(spares: 0, none, workerd, cancellationToken);
        isolates.AddRange(await IsolatedVm.RunAsync("freshIsolate", 100, cancellationToken));

        report.Note($"{Tenants} tenants each; Sandbox:Workers:Spare=1, then 0; Sandbox:Workers:Max={Tenants + 4}");
        report.Milliseconds("product, a spare worker is ready", spare);
        report.Milliseconds("product, none is ready", none);
        report.Milliseconds("workerd, process start to first answer", workerd);
        report.Milliseconds("isolated-vm, fresh isolate and one call", isolates);
        report.Ratio("  p50, product with a spare to isolated-vm", spare.Median, isolates.Median);
        report.Ratio("  p50, product without to workerd's start", none.Median, workerd.Median);
    }

    private static async Task MeasureAsync(int spares, Samples product, Samples workerd, CancellationToken cancellationToken)
    {
        await using var running = await RunningProduct.StartAsync($"--Sandbox:Workers:Spare={spares}", $"--Sandbox:Workers:Max={Tenants + 4}", "--Sandbox:Executions:WaitMax=00:00:30");
        var tenants = new List<RunningProduct.Tenant>();
        for (var i = 0; i < Tenants; i++) tenants.Add(await running.CreateTenantAsync($"bench-{i}"));

        using var client = new HttpClient();
        foreach (var tenant in tenants)
        {
            // Saving parses the source in a worker of the tenant, which is then there: a tenant's very first call is the
            // parse. So the script is saved, the workers are ended by a restart below, and the first call measured.
            await tenant.CreateScriptAsync("hello", "embedded", "return { hello: 'world' };");
        }

        await running.InterruptAsync();
        await running.StartProcessAsync();
        foreach (var tenant in tenants)
        {
            await SparesReadyAsync(running, spares, cancellationToken);
            product.Add(await TimeAsync(async () =>
            {
                var execution = await tenant.InvokeAsync("hello", cancellationToken: cancellationToken);
                if (execution.GetProperty("status").GetString() != "completed") throw new InvalidOperationException($"The first execution ended as {execution}.");
            }));
            workerd.Add(await TimeAsync(async () =>
            {
                await using var process = await Workerd.StartAsync(cancellationToken);
                await client.GetByteArrayAsync(process.Url, cancellationToken);
            }));
        }
    }

    private static async Task SparesReadyAsync(RunningProduct product, int spares, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (await GaugeAsync(product, "spare", cancellationToken) < spares || await GaugeAsync(product, "starting", cancellationToken) > 0)
        {
            if (Stopwatch.GetElapsedTime(start) > s_refill) throw new InvalidOperationException($"No spare worker within {s_refill.TotalSeconds} s.");
            await Task.Delay(100, cancellationToken);
        }
    }

    private static async Task<double> GaugeAsync(RunningProduct product, string state, CancellationToken cancellationToken)
    {
        var metrics = await product.Metrics.GetStringAsync("/metrics", cancellationToken);
        var line = metrics.Split('\n').FirstOrDefault(text => text.StartsWith($"sandbox_workers{{state=\"{state}\"}}", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
