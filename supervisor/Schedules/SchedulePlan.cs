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
    public static SchedulePlan Of(
        DueSchedule schedule, CronSchedule cron, DateTimeOffset now, IReadOnlySet<DateTimeOffset> known, IEnumerable<QueuedOccurrence> queued)
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
        private const string NothingRan = "Nothing ran the schedules at that time";
        private int _uncounted = uncounted;

        public List<PlannedOccurrence> Occurrences { get; } = [];

        public void Disabled(DateTimeOffset[] times)
        {
            var why = $"The script is disabled{(schedule.DisabledReason is { } reason ? $": {reason}" : "")}.";
            foreach (var time in times) Leave(time, "skipped", why);
        }

        public void Enabled(DateTimeOffset[] late, DateTimeOffset[] timely)
        {
            switch (schedule.Misfire)
            {
                case "skip":
                    foreach (var time in late) Leave(time, "missed", $"{NothingRan}, and the misfire policy is skip.");
                    break;
                case "latest" when late.Length > 0:
                    var folded = late.Length - 1 + _uncounted;
                    var why = $"{NothingRan}; the occurrence of {ScheduleAnswers.Text(late[^1])} stands for it.";
                    foreach (var time in late[..^1]) Leave(time, "missed", why);
                    Consider(late[^1], isLate: true, folded);
                    break;
                case "latest":
                    break;
                case "all":
                    var beyond = string.Create(
                        CultureInfo.InvariantCulture, $"{NothingRan}, and only the newest {CaughtUpMax} missed occurrences are caught up.");
                    foreach (var time in late.SkipLast(CaughtUpMax)) Leave(time, "missed", beyond);
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
                    var state = queued[0].Running ? "still ran" : "still waited";
                    Leave(time, "skipped", $"{Execution(0)} {state}, and the overlap policy is skip.");
                    break;
                case "queue_one" when queued.Count > 1 && queued.FindLastIndex(one => !one.Running) is >= 0 and var last:
                    Leave(time, "skipped", $"{Execution(last)} waited already, and the overlap policy queue_one lets one wait.");
                    break;
                case "skip" or "queue_one" or "allow":
                    Run(time, isLate, missed);
                    break;
                default:
                    throw new InvalidOperationException($"No overlap policy {schedule.Overlap}.");
            }
        }

        private string Execution(int index) => $"The execution {queued[index].ExecutionId} of an earlier occurrence";

        private void Run(DateTimeOffset time, bool isLate, int missed)
        {
            var (id, execution) = (Guid.CreateVersion7(now), Guid.CreateVersion7(now));
            queued.Add(new QueuedOccurrence(execution, Running: false));
            Occurrences.Add(new PlannedOccurrence(schedule, id, time, "queued", isLate, missed, Why: null, execution));
        }

        private void Leave(DateTimeOffset time, string status, string why)
        {
            if (_uncounted > 0)
            {
                var more = _uncounted + DueTimes.RowsMax >= DueTimes.StepsMax ? " or more" : "";
                why += string.Create(CultureInfo.InvariantCulture, $" {_uncounted}{more} due times before it have no row of their own.");
                _uncounted = 0;
            }

            var id = Guid.CreateVersion7(now);
            Occurrences.Add(new PlannedOccurrence(schedule, id, time, status, Late: false, Missed: 0, why, ExecutionId: null));
        }
    }
}
