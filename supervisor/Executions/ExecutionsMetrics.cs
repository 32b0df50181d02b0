using Prometheus;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Executions;

/// <summary>See <c>docs/telemetry.md</c>.</summary>
internal static class ExecutionsMetrics
{
    private static readonly Counter s_finished = Metrics.CreateCounter("sandbox_executions_total", "Executions, by kind and outcome.", "kind", "code");
    private static readonly double[] s_buckets = [.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300];

    private static readonly Histogram s_duration = Metrics.CreateHistogram(
        "sandbox_execution_duration_seconds", "Time from start to end of an execution.", ["kind"], new HistogramConfiguration { Buckets = s_buckets });

    private static readonly Histogram s_wait = Metrics.CreateHistogram(
        "sandbox_execution_queue_seconds", "Time an execution waited before it ran.", ["kind"], new HistogramConfiguration { Buckets = s_buckets });

    private static readonly Gauge s_backlog = Metrics.CreateGauge("sandbox_history_backlog", "Finished executions that are in the journal and not in the database yet.");

    /// <summary>Sets the gauge; called at every scrape.</summary>
    public static void Report(int backlog) => s_backlog.Set(backlog);

    public static void Finished(Execution execution)
    {
        var kind = execution.Kind switch
        {
            ScriptKind.Scheduled => "scheduled",
            ScriptKind.Http => "http",
            ScriptKind.Event => "event",
            ScriptKind.OneOff => "oneoff",
            ScriptKind.Embedded => "embedded",
            _ => throw new ArgumentOutOfRangeException(nameof(execution), execution.Kind, "Unknown kind."),
        };
        s_finished.WithLabels(kind, execution.Code ?? (execution.Status == ExecutionStatus.Cancelled ? "cancelled" : "completed")).Inc();
        s_wait.WithLabels(kind).Observe(execution.QueueMs / 1000);
        if (execution.DurationMs is { } duration) s_duration.WithLabels(kind).Observe(duration / 1000);
    }
}
