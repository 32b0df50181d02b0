using System.Globalization;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Schedules;

/// <summary>What becomes of the due times of a schedule: misfire policy first, then overlap policy. Pure.</summary>
/// <param name="Occurrences">Oldest first.</param>
/// <param name="NextAt">The next due time; null: there is none, or the expression cannot be read.</param>
/// <param name="Readable">False: this machine cannot read the expression or does not know the time zone.</param>
internal sealed record SchedulePlan(IReadOnlyList<PlannedOccurrence> Occurrences, DateTimeOffset? NextAt, bool Readable)
{
    /// <summary>Due times older than this are misfires.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    /// <summary>Misfires of one schedule that run after a stop, with the policy <c>all</c>.</summary>
    public const int CaughtUpMax = 100;

    /// <param name="known">Due times that have a row.</param>
    /// <param name="queued">Executions of earlier occurrences of the script, oldest first.</param>
    public static SchedulePlan Of(DueSchedule schedule, CronSchedule cron, DateTimeOffset now, IReadOnlySet<DateTimeOffset> known, IEnumerable<QueuedOccurrence> queued)
    {
        var due = DueTimes.Between(cron, schedule.From, now);
        var plan = new Builder(schedule, now, due.Older, [.. queued]);
        DateTimeOffset[] times = [.. due.Newest.Where(time => !known.Contains(time))];
        if (!schedule.Enabled) plan.Disabled(times);
        else plan.Enabled([.. times.Where(time => time < now - Grace)], [.. times.Where(time => time >= now - Grace)]);
        return new SchedulePlan(plan.Occurrences, due.Next, Readable: true);
    }

    public static SchedulePlan Unreadable { get; } = new([], null, Readable: false);

    private sealed class Builder(DueSchedule schedule, DateTimeOffset now, int uncounted, List<QueuedOccurrence> queued)
    {
        private int _uncounted = uncounted;

        public List<PlannedOccurrence> Occurrences { get; } = [];

        public void Disabled(DateTimeOffset[] times)
        {
            foreach (var time in times) Leave(time, "skipped", $"The script is disabled{(schedule.DisabledReason is { } reason ? $": {reason}" : "")}.");
        }

        public void Enabled(DateTimeOffset[] late, DateTimeOffset[] timely)
        {
            switch (schedule.Misfire)
            {
                case "skip":
                    foreach (var time in late) Leave(time, "missed", "Nothing ran the schedules at that time, and the misfire policy is skip.");
                    break;
                case "latest" when late.Length > 0:
                    var folded = late.Length - 1 + _uncounted;
                    foreach (var time in late[..^1]) Leave(time, "missed", $"Nothing ran the schedules at that time; the occurrence of {Text(late[^1])} stands for it.");
                    Consider(late[^1], isLate: true, folded);
                    break;
                case "latest":
                    break;
                case "all":
                    foreach (var time in late.SkipLast(CaughtUpMax))
                        Leave(time, "missed", string.Create(CultureInfo.InvariantCulture, $"Nothing ran the schedules at that time, and only the newest {CaughtUpMax} missed occurrences are caught up."));
                    // One after the other, by the order key; to skip all but the first would be the policy latest.
                    foreach (var time in late.TakeLast(CaughtUpMax)) Run(time, isLate: true, 0);
                    break;
                default:
                    throw new InvalidOperationException($"No misfire policy {schedule.Misfire}.");
            }

            foreach (var time in timely) Consider(time, isLate: false, 0);
        }

        private void Consider(DateTimeOffset time, bool isLate, int missed)
        {
            switch (schedule.Overlap)
            {
                case "skip" when queued.Count > 0:
                    Leave(time, "skipped", $"The execution {queued[0].ExecutionId} of an earlier occurrence {(queued[0].Running ? "still ran" : "still waited")}, and the overlap policy is skip.");
                    break;
                case "queue_one" when queued.Where(one => !one.Running).Select(one => one.ExecutionId).ToArray() is [.., var waiting] && queued.Count > 1:
                    Leave(time, "skipped", $"The execution {waiting} of an earlier occurrence waited already, and the overlap policy queue_one lets one wait.");
                    break;
                case "skip" or "queue_one" or "allow":
                    Run(time, isLate, missed);
                    break;
                default:
                    throw new InvalidOperationException($"No overlap policy {schedule.Overlap}.");
            }
        }

        private void Run(DateTimeOffset time, bool isLate, int missed)
        {
            var execution = Guid.CreateVersion7(now);
            queued.Add(new QueuedOccurrence(execution, Running: false));
            Occurrences.Add(new PlannedOccurrence(schedule, Guid.CreateVersion7(now), time, "queued", isLate, missed, null, execution));
        }

        private void Leave(DateTimeOffset time, string status, string why)
        {
            if (_uncounted > 0)
            {
                why += string.Create(CultureInfo.InvariantCulture, $" {_uncounted}{(_uncounted + DueTimes.RowsMax >= DueTimes.StepsMax ? " or more" : "")} due times before it have no row of their own.");
                _uncounted = 0;
            }

            Occurrences.Add(new PlannedOccurrence(schedule, Guid.CreateVersion7(now), time, status, Late: false, 0, why, null));
        }

        private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }
}
