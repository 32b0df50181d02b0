using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Scripts;

/// <summary>Body of <c>POST …/rollback</c>.</summary>
internal sealed record RollbackBody
{
    public int? Version { get; init; }
}

/// <summary>Body of <c>POST …/disable</c>.</summary>
internal sealed record DisableBody
{
    public string? Reason { get; init; }
}

/// <summary>Body of <c>POST /scripts/validate</c>.</summary>
internal sealed record ValidateBody
{
    public ScriptKind? Kind { get; init; }
    public string? Source { get; init; }
    public RawJson? Uses { get; init; }
    public RawJson? Trigger { get; init; }
    public DateTimeOffset? From { get; init; }
}
