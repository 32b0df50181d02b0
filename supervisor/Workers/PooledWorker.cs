namespace Sandbox.Supervisor.Workers;

/// <summary>A worker as the pool sees it. Every field is guarded by the pool's lock.</summary>
internal sealed class PooledWorker(IPoolWorker worker)
{
    public IPoolWorker Worker { get; } = worker;

    /// <summary>The first tenant it served, and the only one; null for a spare.</summary>
    public Guid? Tenant { get; set; }

    /// <summary>The one version this worker is for, where that version killed a worker before.</summary>
    public Guid? QuarantinedVersion { get; set; }

    public int Leased { get; set; }
    public long Served { get; set; }

    /// <summary>Monotonic.</summary>
    public long IdleSince { get; set; }

    /// <summary>When its memory was looked at last; monotonic.</summary>
    public long MeasuredAt { get; set; } = worker.StartedAt;

    /// <summary>Takes nothing new and ends once nothing is leased.</summary>
    public bool Draining { get; set; }

    /// <summary>Monotonic; set with <see cref="Draining"/>.</summary>
    public long DrainingSince { get; set; }
}
