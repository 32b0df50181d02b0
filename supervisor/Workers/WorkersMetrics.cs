using Prometheus;
using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Supervisor.Workers;

/// <summary>See <c>docs/telemetry.md</c>.</summary>
internal static class WorkersMetrics
{
    public static readonly Counter Starts = Metrics.CreateCounter("sandbox_worker_starts_total", "Worker processes that got ready.");

    private static readonly Counter s_ends = Metrics.CreateCounter("sandbox_worker_kills_total", "Worker processes that ended, by cause.", "cause");
    private static readonly Gauge s_workers = Metrics.CreateGauge("sandbox_workers", "Worker processes, by state.", "state");
    private static readonly Gauge s_memory = Metrics.CreateGauge("sandbox_workers_memory_bytes", "Memory of all worker processes now, as their control groups count it.");
    private static readonly Counter s_cpu = Metrics.CreateCounter("sandbox_workers_cpu_seconds_total", "CPU time of all worker processes, those that ended included.");
    private static readonly Gauge s_isolation = Metrics.CreateGauge("sandbox_isolation_measure", "Whether this machine gives a measure of isolation: 1, or 0.", "measure");
    private static long s_endedCpuMicroseconds;
    private static readonly Gauge s_waiting = Metrics.CreateGauge("sandbox_worker_waiting", "Executions that wait for a free worker.");

    public static void Ended(WorkerExit exit)
    {
        Interlocked.Add(ref s_endedCpuMicroseconds, exit.CpuMicroseconds);
        s_ends.WithLabels(Cause(exit)).Inc();
    }

    private static string Cause(WorkerExit exit) => exit switch
    {
        { OomKills: > 0 } => "out_of_memory",
        { KillReason: null or KillReason.PipeClosed } => exit.Signal is null ? "exit" : "signal",
        { KillReason: { } reason } => Cause(reason),
    };

    private static string Cause(KillReason reason) => reason switch
    {
        KillReason.Protocol => "protocol",
        KillReason.Deadline => "deadline",
        KillReason.Cancelled => "cancelled",
        KillReason.MemoryWatchdog => "out_of_memory",
        KillReason.Recycled or KillReason.Idle or KillReason.MakingRoom or KillReason.TenantEvicted
            or KillReason.SupervisorStops or KillReason.NoHello or KillReason.Disposed => "retired",
        KillReason.PipeClosed => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Told by its exit."),
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Unknown reason."),
    };

    /// <summary>Sets the gauges; called at every scrape.</summary>
    public static void Report(PoolState state, CgroupUsage usage, IsolationReport isolation)
    {
        s_memory.Set(usage.MemoryBytes);
        s_cpu.IncTo((Interlocked.Read(ref s_endedCpuMicroseconds) + usage.CpuMicroseconds) / 1e6);
        foreach (var measure in isolation.Measures) s_isolation.WithLabels(measure.Name).Set(measure.Given ? 1 : 0);
        s_workers.WithLabels("starting").Set(state.Starting);
        s_workers.WithLabels("spare").Set(state.Spare);
        s_workers.WithLabels("idle").Set(state.Idle);
        s_workers.WithLabels("busy").Set(state.Busy);
        s_waiting.Set(state.Waiting);
    }
}
