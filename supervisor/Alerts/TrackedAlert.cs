using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Alerts;

/// <summary>An alert, and how much of it was told.</summary>
/// <param name="Told">The count that the last message gave; 0: no message gave any.</param>
/// <param name="PendingSince">Since when there is something to tell; null: there is not.</param>
internal sealed record TrackedAlert(
    Guid TenantId,
    Guid Id,
    string Rule,
    AlertCondition Condition,
    Guid ScriptId,
    string ScriptName,
    long Count,
    long Told,
    DateTimeOffset? ToldAt,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt,
    DateTimeOffset? ClosedAt,
    DateTimeOffset? PendingSince,
    Guid? ExecutionId,
    string? Code,
    string? Message)
{
    public Alert ToAlert() => new(
        Id, Rule, Condition, ClosedAt is null ? AlertState.Open : AlertState.Closed, ScriptId, ScriptName, Count, FirstAt, LastAt, ClosedAt,
        ToldAt, ExecutionId, Code, Message);
}
