using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Alerts;

/// <summary>Trouble that stands until it ends, as it was found in this round: a late due time, a paused script, dead letters.</summary>
/// <param name="Count">Due times, one, or dead letters.</param>
/// <param name="Since">When it began.</param>
/// <param name="HoldsWork">Work is held by it: it is told once more each day.</param>
internal sealed record Standing(
    Guid TenantId,
    Guid ScriptId,
    string ScriptName,
    ScriptKind Kind,
    AlertCondition Condition,
    long Count,
    DateTimeOffset Since,
    string? Message,
    bool HoldsWork = false);
