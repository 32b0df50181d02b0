namespace Sandbox.Supervisor.Schedules;

/// <summary>The schedule of a script as its row has it.</summary>
/// <param name="Since">Since when this expression, in this zone, of an enabled script holds.</param>
/// <param name="NextAt">Due times before it have been looked at; null: there are no more.</param>
internal sealed record ScheduleState(string Cron, string Timezone, bool Enabled, DateTimeOffset Since, DateTimeOffset? NextAt);
