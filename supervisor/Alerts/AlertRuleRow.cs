using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Alerts;

/// <summary>A row of <c>sandbox.alert_rules</c>.</summary>
internal sealed class AlertRuleRow
{
    public const string Columns = """
        r.name, r.enabled, r.conditions, r.script_id as ScriptId, r.kinds, r.channels, r.failures, r.late_after_s as LateAfterS, r.dead_letters as DeadLetters,
        r.wait_s as WaitS, r.throttle_s as ThrottleS, r.created_at as CreatedAt, r.updated_at as UpdatedAt
        """;

    public Guid TenantId { get; init; }
    public string? Tenant { get; init; }
    public DateTime? QuietUntil { get; init; }
    public required string Name { get; init; }
    public required bool Enabled { get; init; }
    public required string[] Conditions { get; init; }
    public Guid? ScriptId { get; init; }
    public required string[] Kinds { get; init; }
    public required string[] Channels { get; init; }
    public required int Failures { get; init; }
    public required int LateAfterS { get; init; }
    public required int DeadLetters { get; init; }
    public required int WaitS { get; init; }
    public required int ThrottleS { get; init; }
    public required DateTime CreatedAt { get; init; }
    public required DateTime UpdatedAt { get; init; }

    public AlertRule ToRule() => new(
        Name, Enabled, [.. Conditions.Select(EnumText<AlertCondition>.Parse)], ScriptId, [.. Kinds.Select(EnumText<ScriptKind>.Parse)], Channels, Failures, LateAfterS, DeadLetters,
        WaitS, ThrottleS, new DateTimeOffset(CreatedAt), new DateTimeOffset(UpdatedAt));

    public TenantRule ToTenantRule() => new(TenantId, Tenant!, ToRule(), QuietUntil is { } until ? new DateTimeOffset(until) : null);
}
