using System.Globalization;
using Sandbox.Tests.Integration.Product;

namespace Sandbox.Bench;

/// <summary>CPU time and changes of thread of the product's processes, by what they are: proc(5), stat and task/*/status. Counts are steadier than rates on a shared machine.</summary>
internal sealed class ProcessCounters
{
    private const double TicksPerSecond = 100;
    private readonly Dictionary<int, (string Kind, double CpuSeconds, long Switches)> _byProcess = [];

    private ProcessCounters()
    {
    }

    public static ProcessCounters Of(RunningProduct product)
    {
        var counters = new ProcessCounters();
        counters.Add(product.ProcessId, "supervisor");
        foreach (var process in product.Processes()) counters.Add(process.Id, KindOf(process.Name));
        return counters;
    }

    /// <summary>What was used since, per request: microseconds of CPU and context switches, by kind of process.</summary>
    public string Since(ProcessCounters before, long requests)
    {
        var kinds = _byProcess.Select(now => (now.Value.Kind, Before: before._byProcess.GetValueOrDefault(now.Key), Now: now.Value))
            .GroupBy(process => process.Kind, StringComparer.Ordinal)
            .Select(kind => (kind.Key, Cpu: kind.Sum(process => process.Now.CpuSeconds - process.Before.CpuSeconds), Switches: kind.Sum(process => process.Now.Switches - process.Before.Switches)))
            .Where(kind => kind.Cpu > 0).OrderByDescending(kind => kind.Cpu).ToArray();
        var parts = kinds.Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {kind.Cpu * 1e6 / requests:F0} µs {kind.Switches / (double)requests:F1}"));
        return string.Create(CultureInfo.InvariantCulture, $"CPU and context switches a request: {string.Join("; ", parts)}; in all {kinds.Sum(kind => kind.Switches) / (double)requests:F1} switches");
    }

    private static string KindOf(string name) => name.StartsWith("postgres", StringComparison.Ordinal) ? "PostgreSQL" : name.StartsWith("Sandbox.Worker", StringComparison.Ordinal) ? "worker" : "other";

    private void Add(int id, string kind)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var after = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var cpu = (long.Parse(after[11], CultureInfo.InvariantCulture) + long.Parse(after[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
            long switches = 0;
            foreach (var task in Directory.EnumerateDirectories($"/proc/{id}/task"))
            {
                switches += File.ReadLines(Path.Combine(task, "status")).Where(line => line.Contains("ctxt_switches", StringComparison.Ordinal))
                    .Sum(line => long.Parse(line.Split(':')[1], CultureInfo.InvariantCulture));
            }

            _byProcess[id] = (kind, cpu, switches);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
        }
    }
}
