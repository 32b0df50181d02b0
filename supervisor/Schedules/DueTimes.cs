using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Schedules;

/// <summary>The due times of a schedule in a span of time, the newest of them and a count of the rest.</summary>
/// <param name="Newest">In order, at most <see cref="RowsMax"/>.</param>
/// <param name="Older">Due times of the span before those; at most <see cref="StepsMax"/> are counted.</param>
/// <param name="Next">The first after the span; null: there is none.</param>
internal sealed record DueTimes(IReadOnlyList<DateTimeOffset> Newest, int Older, DateTimeOffset? Next)
{
    public const int RowsMax = 10_000;

    /// <summary>Five days of one due time a second. A longer stop of such a schedule is counted no further.</summary>
    public const int StepsMax = 432_000;

    private const int Chunk = 500;

    /// <summary>Both ends of the span belong to it.</summary>
    public static DueTimes Between(CronSchedule schedule, DateTimeOffset from, DateTimeOffset until)
    {
        var newest = new Queue<DateTimeOffset>();
        var count = 0;
        // Due times are whole seconds.
        var after = from.AddTicks(-1);
        var step = 1;
        while (true)
        {
            var times = schedule.Next(after, step);
            foreach (var time in times)
            {
                if (time > until) return new DueTimes([.. newest], count - newest.Count, time);
                newest.Enqueue(time);
                if (newest.Count > RowsMax) newest.Dequeue();
                count++;
            }

            if (times.Count < step) return new DueTimes([.. newest], count - newest.Count, null);
            after = times[^1];
            // Most have one due time, so the second look is a short one.
            step = Math.Min(Chunk, step * 4);
            if (count >= StepsMax && after < until.AddSeconds(-RowsMax)) after = until.AddSeconds(-RowsMax);
        }
    }
}
