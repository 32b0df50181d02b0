namespace Sandbox.Supervisor.Workers;

/// <summary>The workers that are not gone yet, and which tenant each is bound to. Guarded by the pool's lock.</summary>
internal sealed class WorkerRoster(int slotsPerWorker)
{
    private readonly HashSet<PooledWorker> _all = [];
    private readonly List<PooledWorker> _spares = [];
    private readonly Dictionary<Guid, List<PooledWorker>> _bound = [];

    public IReadOnlyCollection<PooledWorker> All => _all;

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<PooledWorker> Spares => _spares;

    /// <summary>Tenants that have a worker.</summary>
    public int Tenants => _bound.Count;

    public IReadOnlyList<PooledWorker> OfTenant(Guid tenantId) => _bound.TryGetValue(tenantId, out var workers) ? workers : [];

    /// <summary>A new spare.</summary>
    public void Add(PooledWorker worker)
    {
        _all.Add(worker);
        _spares.Add(worker);
    }

    /// <summary>It takes nothing new from now on.</summary>
    public void Drain(PooledWorker worker, long now)
    {
        if (worker.Draining) return;
        worker.Draining = true;
        worker.DrainingSince = now;
        _spares.Remove(worker);
    }

    /// <summary>It is gone.</summary>
    public void Remove(PooledWorker worker)
    {
        _all.Remove(worker);
        _spares.Remove(worker);
        if (worker.Tenant is not { } tenantId || !_bound.TryGetValue(tenantId, out var workers)) return;
        workers.Remove(worker);
        if (workers.Count == 0) _bound.Remove(tenantId);
    }

    /// <summary>A slot of the tenant's least busy worker that may take this version, else of a spare, which is bound to the tenant for life; null where there is none.</summary>
    /// <param name="quarantinedVersion">The version to run, where it needs a worker of its own.</param>
    public PooledWorker? Take(Guid tenantId, Guid? quarantinedVersion)
    {
        var worker = LeastBusy(tenantId, quarantinedVersion) ?? Bind(tenantId, quarantinedVersion);
        if (worker is not null) worker.Leased++;
        return worker;
    }

    private PooledWorker? LeastBusy(Guid tenantId, Guid? quarantinedVersion)
    {
        PooledWorker? best = null;
        foreach (var worker in OfTenant(tenantId))
        {
            if (worker.Draining || worker.Worker.Broken || worker.Leased >= slotsPerWorker || worker.QuarantinedVersion != quarantinedVersion) continue;
            if (best is null || worker.Leased < best.Leased) best = worker;
        }

        return best;
    }

    private PooledWorker? Bind(Guid tenantId, Guid? quarantinedVersion)
    {
        // One that died just now is removed when it is gone.
        var worker = _spares.Find(spare => !spare.Worker.Broken);
        if (worker is null) return null;
        _spares.Remove(worker);
        worker.Tenant = tenantId;
        worker.QuarantinedVersion = quarantinedVersion;
        if (_bound.TryGetValue(tenantId, out var workers)) workers.Add(worker);
        else _bound[tenantId] = [worker];
        return worker;
    }
}
