using System.Runtime.InteropServices;

namespace Sandbox.Bench;

/// <summary>Prints the figures: what was measured, beside what, and the ratio. Nothing is asserted.</summary>
internal sealed class Report(TextWriter output)
{
    public void Machine()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20;
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown CPU";
        output.WriteLine($"Machine: {Environment.ProcessorCount} CPUs ({model}), {memory} MB, Linux {Environment.OSVersion.Version}, {RuntimeInformation.FrameworkDescription}");
        output.WriteLine($"Load before: {File.ReadAllText("/proc/loadavg").Trim()}");
    }

    public void Title(string name, string what, string target)
    {
        output.WriteLine();
        output.WriteLine($"{name}  {what}");
        output.WriteLine($"    target: {target}");
    }

    /// <summary>Limits that would have stopped the bench.</summary>
    public void Raised(string what) => output.WriteLine($"    raised: {what}");

    public void Note(string text) => output.WriteLine($"    {text}");

    public void Row(string name, string figures) => output.WriteLine($"    {name,-44} {figures}");

    public void Milliseconds(string name, Samples samples) =>
        Row(name, $"p50 {samples.Percentile(50):F2} ms   p99 {samples.Percentile(99):F2} ms   max {samples.Percentile(100):F2} ms   n {samples.Count}");

    public void Ratio(string name, double product, double peer) =>
        Row(name, peer > 0 ? $"{product / peer:F2}" : "no figure of the peer");

    public void Failed(string name, string why) => output.WriteLine($"    {name} did not finish: {why.Split('\n')[0]}");
}
