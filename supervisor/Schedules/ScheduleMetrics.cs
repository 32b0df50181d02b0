using Prometheus;

namespace Sandbox.Supervisor.Schedules;

/// <summary>See <c>docs/telemetry.md</c>.</summary>
internal static class ScheduleMetrics
{
    private static readonly Histogram s_lateness = Metrics.CreateHistogram(
        "sandbox_schedule_lateness_seconds",
        "Time from an occurrence's due time to the commit that enqueues its execution; not of what is caught up.",
        new HistogramConfiguration { Buckets = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60] });

    public static void Enqueued(TimeSpan lateness) => s_lateness.Observe(Math.Max(0, lateness.TotalSeconds));
}
