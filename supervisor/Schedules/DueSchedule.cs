namespace Sandbox.Supervisor.Schedules;

/// <summary>A schedule that the scheduler holds by its row's lock, with what it takes to run its script.</summary>
/// <param name="From">Due times from here on, this moment included, have not been looked at.</param>
/// <param name="Overlap"><c>skip</c>, <c>queue_one</c> or <c>allow</c>.</param>
/// <param name="Misfire"><c>skip</c>, <c>latest</c> or <c>all</c>.</param>
internal sealed record DueSchedule(
    Guid TenantId, Guid ScriptId, string ScriptName, int Version, bool Enabled, string? DisabledReason,
    string Cron, string Timezone, string Overlap, string Misfire, DateTimeOffset From)
{
    public (Guid TenantId, Guid ScriptId) Key => (TenantId, ScriptId);
}
