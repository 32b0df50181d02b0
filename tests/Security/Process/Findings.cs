using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Supervisor.Workers.Launch;
using Sandbox.Tests.Integration.Launch;

namespace Sandbox.Tests.Security.Process;

/// <summary>What a taken-over worker found from inside (see the fake worker's <c>Takeover</c>), and what <c>/proc</c> says of it from outside, where it cannot lie.</summary>
internal sealed record Findings
{
    [JsonPropertyName("readable")] public required IReadOnlyList<string> Readable { get; init; }

    [JsonPropertyName("writable")] public required IReadOnlyList<string> Writable { get; init; }

    [JsonPropertyName("calls")] public required IReadOnlyDictionary<string, string> Calls { get; init; }

    [JsonPropertyName("limits")] public required IReadOnlyDictionary<string, string> Limits { get; init; }

    [JsonPropertyName("environment")] public required IReadOnlyDictionary<string, string?> Environment { get; init; }

    [JsonPropertyName("processes")] public required IReadOnlyList<int> Processes { get; init; }

    [JsonPropertyName("process")] public required int Process { get; init; }

    public static async Task<Findings> OfAsync(WorkerProcess process) =>
        JsonSerializer.Deserialize<Findings>(await Launching.LineAsync(process))!;

    /// <summary>A field of <c>/proc/&lt;process&gt;/status</c>.</summary>
    public static string Status(int process, string field) => StatusOf(Proc(process, string.Empty), field);

    /// <summary>The same of one of its threads, by its directory.</summary>
    public static string StatusOf(string directory, string field)
    {
        var line = File.ReadLines(Path.Combine(directory, "status")).Single(line => line.StartsWith(field + ":", StringComparison.Ordinal));
        return line[(field.Length + 1)..].Trim();
    }

    /// <summary>The hard limit of a line of <c>/proc/&lt;process&gt;/limits</c>.</summary>
    public static string HardLimit(int process, string name)
    {
        var line = File.ReadLines(Proc(process, "limits")).Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
    }

    public static string Namespace(int process, string kind) => File.ResolveLinkTarget(Proc(process, "ns/" + kind), returnFinalTarget: false)!.Name;

    public static IReadOnlyDictionary<int, string> Descriptors(int process) =>
        Directory.GetFileSystemEntries(Proc(process, "fd")).ToDictionary(
            path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture),
            path => new FileInfo(path).LinkTarget ?? string.Empty);

    public static string Proc(int process, string file) => $"/proc/{process.ToString(CultureInfo.InvariantCulture)}/{file}";
}
