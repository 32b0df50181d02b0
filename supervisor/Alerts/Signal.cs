using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Alerts;

/// <summary>What happened to a script since the round before: a batch of ends, or due times that did not run.</summary>
/// <param name="Succeeded">One of the ends was a success.</param>
/// <param name="FailuresAfter">Failures after the last success.</param>
/// <param name="Missed">Due times that did not run.</param>
internal sealed record Signal(
    Guid TenantId,
    Guid ScriptId,
    string ScriptName,
    ScriptKind Kind,
    bool Succeeded,
    int Failures,
    int FailuresAfter,
    int Missed,
    Guid? ExecutionId,
    string? Code,
    string? Message,
    DateTimeOffset At);
