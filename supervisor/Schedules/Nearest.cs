using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Schedules;

/// <summary>The due times around a moment.</summary>
internal static class Nearest
{
    /// <summary>Expressions of one day in eight years (29 February around 2100) have one in such a span.</summary>
    private static readonly TimeSpan s_lookMax = TimeSpan.FromDays(9 * 366);

    /// <summary>The last due time before and the first after; null: there is none within the years that are looked at.</summary>
    public static (DateTimeOffset? Before, DateTimeOffset? After) Of(CronSchedule schedule, DateTimeOffset at) =>
        (Before(schedule, at), schedule.Next(at, 1) is [var next] ? next : null);

    private static DateTimeOffset? Before(CronSchedule schedule, DateTimeOffset at)
    {
        // A schedule looks ahead only: the span is doubled until it has a due time, so that few of them are passed.
        for (var look = TimeSpan.FromSeconds(2); look < s_lookMax * 2 && at - DateTimeOffset.MinValue > look; look *= 2)
        {
            if (schedule.Next(at - look, 1) is not [var last] || last >= at) continue;
            while (schedule.Next(last, 1) is [var later] && later < at) last = later;
            return last;
        }

        return null;
    }
}
