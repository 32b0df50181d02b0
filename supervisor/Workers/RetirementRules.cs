using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Supervisor.Workers;

/// <summary>When a worker has served for long or often enough. Decides alone; the pool acts.</summary>
internal sealed class RetirementRules(WorkersOptions options, TimeProvider time)
{
    /// <summary>Before that many executions a worker's memory is what its isolates need, and no growth.</summary>
    private const long ServedBeforeGrowth = 100;

    private static readonly TimeSpan MeasureEvery = TimeSpan.FromSeconds(10);

    /// <summary>Why a tenant's worker takes nothing new from now on; null where it goes on.</summary>
    public KillReason? Of(PooledWorker worker, long now)
    {
        if (worker.Leased == 0 && time.GetElapsedTime(worker.IdleSince, now) >= options.IdleAfter) return KillReason.Idle;
        return IsOld(worker, now) || HasServedEnough(worker) || HasGrown(worker, now) ? KillReason.Recycled : null;
    }

    public bool IsOld(PooledWorker worker, long now) => time.GetElapsedTime(worker.Worker.StartedAt, now) >= options.RecycleAfter;

    public bool HasServedEnough(PooledWorker worker) => worker.Served >= options.RecycleAfterExecutions;

    private bool HasGrown(PooledWorker worker, long now)
    {
        if (worker.Leased > 0 || worker.Served < ServedBeforeGrowth || time.GetElapsedTime(worker.MeasuredAt, now) < MeasureEvery) return false;
        worker.MeasuredAt = now;
        return worker.Worker.ReadUsage().MemoryBytes > worker.Worker.MemoryAdmittedBytes * options.RecycleAtMemoryShare;
    }
}
