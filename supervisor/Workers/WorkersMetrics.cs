using Prometheus;
using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Supervisor.Workers;

/// <summary>See <c>docs/telemetry.md</c>.</summary>
internal static class WorkersMetrics
{
    public static readonly Counter Starts = Metrics.CreateCounter("sandbox_worker_starts_total", "Worker processes that got ready.");

    private static readonly Counter s_ends = Metrics.CreateCounter("sandbox_worker_kills_total", "Worker processes that ended, by cause.", "cause");
    private static readonly Gauge s_workers = Metrics.CreateGauge("sandbox_workers", "Worker processes, by state.", "state");
    private static readonly Gauge s_waiting = Metrics.CreateGauge("sandbox_worker_waiting", "Executions that wait for a free worker.");

    public static void Ended(WorkerExit exit) => s_ends.WithLabels(exit switch
    {
        { OomKills: > 0 } => "out_of_memory",
        { KillReason: { } reason } when reason.StartsWith("protocol", StringComparison.Ordinal) => "protocol",
        { KillReason: "deadline" or "cancelled" } => exit.KillReason,
        { KillReason: "pipe closed" or null } => exit.Signal is null ? "exit" : "signal",
        _ => "retired",
    }).Inc();

    /// <summary>Sets the gauges; called at every scrape.</summary>
    public static void Report(PoolState state)
    {
        s_workers.WithLabels("starting").Set(state.Starting);
        s_workers.WithLabels("spare").Set(state.Spare);
        s_workers.WithLabels("idle").Set(state.Idle);
        s_workers.WithLabels("busy").Set(state.Busy);
        s_waiting.Set(state.Waiting);
    }
}
