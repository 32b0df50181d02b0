namespace Sandbox.Worker.Isolates;

/// <summary>A script version that this worker has the source of, and the isolates that take executions of it.</summary>
internal sealed class ScriptVersion(string key, string source, string? inputSchema)
{
    public string Key { get; } = key;

    public string Source { get; } = source;

    /// <summary>JSON text.</summary>
    public string? InputSchema { get; } = inputSchema;

    public List<Isolate> Isolates { get; } = [];

    public long UsedAt { get; set; }
}
