namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>All that a worker's environment holds.</summary>
internal static class WorkerEnvironment
{
    public static readonly IReadOnlyList<KeyValuePair<string, string>> Variables =
    [
        // Its double mapping of code wants a memory file of 2 GB, which RLIMIT_FSIZE 0 forbids, and rightly: it is shared, writable and executable.
        new("DOTNET_EnableWriteXorExecute", "0"),

        // The diagnostics port is a socket in /tmp; a worker has neither.
        new("DOTNET_EnableDiagnostics", "0"),
    ];
}
