namespace Sandbox.Supervisor.Workers;

/// <summary>
/// Leases that are waited for: in their order within a tenant, tenants in rotation. A tenant is in it only while it waits. Guarded by the
/// pool's lock.
/// </summary>
internal sealed class WaitingLine
{
    private readonly Dictionary<Guid, TenantQueue> _tenants = [];
    private readonly LinkedList<TenantQueue> _turns = new();

    /// <summary>Tenants that wait.</summary>
    public int Tenants => _turns.Count;

    public int Waiters { get; private set; }

    public bool Has(Guid tenantId) => _tenants.ContainsKey(tenantId);

    public LeaseWaiter Add(LeaseRequest request)
    {
        if (!_tenants.TryGetValue(request.TenantId, out var tenant))
        {
            _tenants[request.TenantId] = tenant = new TenantQueue(request.TenantId);
            _turns.AddLast(tenant.Turn);
        }

        Waiters++;
        return tenant.Add(request);
    }

    /// <summary>False where it was served before.</summary>
    public bool Remove(LeaseWaiter waiter)
    {
        if (!_tenants.TryGetValue(waiter.Request.TenantId, out var tenant) || !tenant.Remove(waiter)) return false;
        Waiters--;
        if (tenant.Count > 0) return true;
        _tenants.Remove(tenant.TenantId);
        _turns.Remove(tenant.Turn);
        return true;
    }

    /// <summary>Serves the first waiter of each tenant in rotation, until none can be served.</summary>
    public void Serve(Func<LeaseRequest, WorkerLease?> take)
    {
        for (var misses = 0; misses < _turns.Count;)
        {
            var tenant = _turns.First!.Value;
            _turns.RemoveFirst();
            _turns.AddLast(tenant.Turn);
            if (take(tenant.First.Request) is not { } lease)
            {
                misses++;
                continue;
            }

            misses = 0;
            var waiter = tenant.First;
            Remove(waiter);
            // Its continuations run asynchronously, so this is safe under the lock. Whoever gives up is removed from the line first.
            waiter.Granted.SetResult(lease);
        }
    }
}
