using Sandbox.Protocol.Rpc;

namespace Sandbox.Supervisor.Workers;

/// <summary>One slot of a worker of one tenant. Disposing gives it back; a worker that died or must be retired is not used again.</summary>
internal sealed class WorkerLease : IDisposable
{
    private readonly WorkerPool _pool;
    private PooledWorker? _pooled;

    public WorkerLease(WorkerPool pool, PooledWorker pooled) => (_pool, _pooled, Worker) = (pool, pooled, pooled.Worker);

    /// <summary>Valid until disposal.</summary>
    public IPoolWorker Worker { get; }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pooled, null) is { } pooled) _pool.Release(pooled);
    }
}
