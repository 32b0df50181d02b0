using Prometheus;

namespace Sandbox.Supervisor.Events;

/// <summary>See <c>docs/telemetry.md</c>.</summary>
internal static class EventsMetrics
{
    private static readonly Histogram s_lag = Metrics.CreateHistogram(
        "sandbox_event_lag_seconds",
        "Time from the storing of an event to its deliveries.",
        new HistogramConfiguration { Buckets = [.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300] });

    public static void Routed(IReadOnlyList<StoredEvent> events, DateTimeOffset now)
    {
        foreach (var stored in events) s_lag.Observe(Math.Max(0, (now - stored.StoredAt).TotalSeconds));
    }
}
