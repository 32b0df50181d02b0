using System.Globalization;
using Sandbox.Tests.Integration.Product;

namespace Sandbox.Bench;

/// <summary>S11: memory of the idle product.</summary>
internal static class IdleMemory
{
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        report.Title("S11", "idle memory", "60 MB private for a worker with a hardened isolate; 400 MB for all with PostgreSQL and two spare workers");
        await using var product = await RunningProduct.StartAsync("--Sandbox:Workers:Spare=2");
        await Task.Delay(s_settle, cancellationToken);

        var below = product.Processes();
        var workers = below.Where(process => process.Name.StartsWith("Sandbox.Worker", StringComparison.Ordinal) || process.CommandLine.StartsWith("/worker/", StringComparison.Ordinal)).ToList();
        var postgres = below.Where(process => process.CommandLine.Contains("postgres", StringComparison.Ordinal)).ToList();
        if (workers.Count == 0) throw new InvalidOperationException("No worker was found below the supervisor.");

        foreach (var worker in workers) report.Row("product, a spare worker, private", Megabytes(Memory.PrivateBytes(worker.Id)));
        report.Row("product, supervisor, proportional", Megabytes(Memory.ProportionalBytes(product.ProcessId)));
        report.Row("product, PostgreSQL, proportional", $"{Megabytes(postgres.Sum(process => Memory.ProportionalBytes(process.Id)))} in {postgres.Count} processes");
        var all = Memory.ProportionalBytes(product.ProcessId) + below.Sum(process => Memory.ProportionalBytes(process.Id));
        report.Row($"product, all {below.Count + 1} processes, proportional", Megabytes(all));

        await using var workerd = await Workerd.StartAsync(cancellationToken);
        using var client = new HttpClient();
        await client.GetByteArrayAsync(workerd.Url, cancellationToken);
        var peer = Memory.PrivateBytes(workerd.ProcessId);
        report.Row("workerd with one worker, private", Megabytes(peer));
        var isolates = new Samples(await IsolatedVm.RunAsync("isolateBytes", 3, cancellationToken));
        report.Row("isolated-vm, one more isolate, resident", Megabytes(isolates.Median));
        report.Ratio("  private, a worker to workerd", new Samples(workers.Select(worker => (double)Memory.PrivateBytes(worker.Id))).Median, peer);
    }

    private static string Megabytes(double bytes) => $"{(bytes / (1 << 20)).ToString("F1", CultureInfo.InvariantCulture),8} MB";
}
