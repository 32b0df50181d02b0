using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Alerts;

/// <summary>A row of <c>sandbox.alerts</c>.</summary>
internal sealed class AlertRow
{
    public const string Columns = """
        a.tenant_id as TenantId, a.id, a.rule, a.condition, a.script_id as ScriptId, a.script_name as ScriptName, a.count, a.told, a.told_at as ToldAt,
        a.first_at as FirstAt, a.last_at as LastAt, a.closed_at as ClosedAt, a.pending_since as PendingSince, a.execution_id as ExecutionId, a.code, a.message
        """;

    public required Guid TenantId { get; init; }
    public required Guid Id { get; init; }
    public required string Rule { get; init; }
    public required string Condition { get; init; }
    public required Guid ScriptId { get; init; }
    public required string ScriptName { get; init; }
    public required long Count { get; init; }
    public required long Told { get; init; }
    public DateTime? ToldAt { get; init; }
    public required DateTime FirstAt { get; init; }
    public required DateTime LastAt { get; init; }
    public DateTime? ClosedAt { get; init; }
    public DateTime? PendingSince { get; init; }
    public Guid? ExecutionId { get; init; }
    public string? Code { get; init; }
    public string? Message { get; init; }

    public TrackedAlert ToTracked() => new(
        TenantId, Id, Rule, EnumText<AlertCondition>.Parse(Condition), ScriptId, ScriptName, Count, Told, Time(ToldAt), new DateTimeOffset(FirstAt), new DateTimeOffset(LastAt),
        Time(ClosedAt), Time(PendingSince), ExecutionId, Code, StoredText.Decode(Message));

    private static DateTimeOffset? Time(DateTime? time) => time is { } at ? new DateTimeOffset(at) : null;
}
