using Prometheus;

namespace Sandbox.Supervisor.Broker;

/// <summary>See <c>docs/telemetry.md</c>.</summary>
internal static class BrokerMetrics
{
    private static readonly Counter s_calls = Metrics.CreateCounter("sandbox_broker_calls_total", "Calls of scripts on the broker, by capability and outcome.", "capability", "code");

    private static readonly Histogram s_duration = Metrics.CreateHistogram(
        "sandbox_broker_call_duration_seconds", "Time from the arrival of a call to its answer.", ["capability"],
        new HistogramConfiguration { Buckets = [.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30] });

    /// <param name="capability">The name of one that there is, or <c>unknown</c>.</param>
    /// <param name="code"><c>ok</c>, or the code of the refusal.</param>
    public static void Called(string capability, string code, TimeSpan elapsed)
    {
        s_calls.WithLabels(capability, code).Inc();
        s_duration.WithLabels(capability).Observe(elapsed.TotalSeconds);
    }
}
