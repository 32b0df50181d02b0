namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>Log messages of this folder; event ids 2100 to 2199.</summary>
internal static partial class LaunchLog
{
    [LoggerMessage(2100, LogLevel.Debug, "Isolation, {Measure}: given")]
    public static partial void MeasureGiven(this ILogger logger, string measure);

    [LoggerMessage(2101, LogLevel.Warning, "Isolation, {Measure}: missing. {WhyNot}")]
    public static partial void MeasureMissing(this ILogger logger, string measure, string whyNot);

    [LoggerMessage(2102, LogLevel.Warning, "Swept {Cgroups} cgroups and {Processes} processes of an earlier supervisor")]
    public static partial void Swept(this ILogger logger, int cgroups, int processes);

    [LoggerMessage(2103, LogLevel.Debug, "Worker {Worker} started as process {ProcessId}")]
    public static partial void Started(this ILogger logger, int worker, int processId);

    [LoggerMessage(2104, LogLevel.Debug, "Worker {Worker} ended: exit code {ExitCode}, signal {Signal}, kill reason {KillReason} {Detail}, {OomKills} out-of-memory kills")]
    public static partial void Ended(this ILogger logger, int worker, int? exitCode, int? signal, KillReason? killReason, string? detail, long oomKills);

    [LoggerMessage(2105, LogLevel.Warning, "Worker {Worker} wrote to its standard error: {Text}")]
    public static partial void StandardError(this ILogger logger, int worker, string text);

    [LoggerMessage(2106, LogLevel.Error, "Worker {Worker}: cleaning up after it failed")]
    public static partial void CleanUpFailed(this ILogger logger, int worker, Exception failure);

    [LoggerMessage(2107, LogLevel.Warning, "Worker {Worker} has {MemoryBytes} bytes resident, more than its {MemoryBytesMax}: killed")]
    public static partial void MemoryWatchdogKills(this ILogger logger, int worker, long memoryBytes, long memoryBytesMax);

    [LoggerMessage(2108, LogLevel.Error, "Worker {Worker} cannot be killed")]
    public static partial void KillFailed(this ILogger logger, int worker, Exception failure);

    [LoggerMessage(2109, LogLevel.Information, "All {Count} isolation measures are given")]
    public static partial void AllMeasuresGiven(this ILogger logger, int count);

    [LoggerMessage(2110, LogLevel.Information, "Isolation: {Count} measures are given: {Measures}")]
    public static partial void OtherMeasuresGiven(this ILogger logger, int count, string measures);
}
