using Prometheus;

namespace Sandbox.Supervisor.Queue;

/// <summary>See <c>docs/telemetry.md</c>.</summary>
internal static class QueueMetrics
{
    private static readonly Gauge s_depth = Metrics.CreateGauge("sandbox_queue_executions", "Durable executions of all nodes that wait, are due later, or run.", "state");
    private static readonly Gauge s_dead = Metrics.CreateGauge("sandbox_dead_letters", "Dead letters that are neither replayed nor discarded.");

    public static void Depth((long Waiting, long Later, long Running, long Dead) depth)
    {
        s_depth.WithLabels("waiting").Set(depth.Waiting);
        s_depth.WithLabels("later").Set(depth.Later);
        s_depth.WithLabels("running").Set(depth.Running);
        s_dead.Set(depth.Dead);
    }
}
