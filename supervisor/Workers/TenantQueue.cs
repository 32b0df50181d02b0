namespace Sandbox.Supervisor.Workers;

/// <summary>The workers of one tenant, and who of it waits for one. Guarded by the pool's lock.</summary>
internal sealed class TenantQueue(Guid tenantId)
{
    public Guid TenantId { get; } = tenantId;
    public List<PooledWorker> Workers { get; } = [];
    public LinkedList<Waiter> Waiting { get; } = new();

    /// <summary>A lease that is waited for. Completed outside of the lock's holder's stack.</summary>
    public sealed class Waiter(LeaseRequest request)
    {
        public LeaseRequest Request { get; } = request;
        public TaskCompletionSource<WorkerLease> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>The least busy worker that may take this version now; null where none may.</summary>
    public PooledWorker? Pick(Guid? quarantinedVersion, int slots)
    {
        PooledWorker? best = null;
        foreach (var worker in Workers)
        {
            if (worker.Draining || worker.Worker.Broken || worker.Leased >= slots || worker.QuarantinedVersion != quarantinedVersion) continue;
            if (best is null || worker.Leased < best.Leased) best = worker;
        }

        return best;
    }
}
