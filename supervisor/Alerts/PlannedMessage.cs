namespace Sandbox.Supervisor.Alerts;

/// <summary>What a rule has to tell.</summary>
/// <param name="Alerts">As they are, with what was told of them before; the newest first.</param>
internal sealed record PlannedMessage(Guid Id, TenantRule Rule, IReadOnlyList<TrackedAlert> Alerts, DateTimeOffset At);
