namespace Sandbox.Supervisor.Entities;

/// <summary>Connections that each tenant holds: one tenant's long transactions must not use up those of the others. A tenant that holds none is forgotten.</summary>
internal sealed class ConnectionSlots(int perTenant)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Slots> _tenants = [];

    /// <summary>Tenants that hold or wait for one.</summary>
    public int Count
    {
        get { lock (_gate) return _tenants.Count; }
    }

    /// <summary>Takes one, first come first served; false where none was free in time.</summary>
    public async ValueTask<bool> TryTakeAsync(Guid tenantId, TimeSpan max, CancellationToken cancellationToken)
    {
        Slots slots;
        lock (_gate)
        {
            if (!_tenants.TryGetValue(tenantId, out slots!)) _tenants.Add(tenantId, slots = new Slots(perTenant));
            slots.Users++;
        }

        var taken = false;
        try
        {
            return taken = await slots.Free.WaitAsync(max, cancellationToken);
        }
        finally
        {
            if (!taken) Forget(tenantId, slots);
        }
    }

    public void Release(Guid tenantId)
    {
        Slots slots;
        lock (_gate) slots = _tenants[tenantId];
        slots.Free.Release();
        Forget(tenantId, slots);
    }

    private void Forget(Guid tenantId, Slots slots)
    {
        lock (_gate)
        {
            if (--slots.Users > 0) return;
            _tenants.Remove(tenantId);
        }

        slots.Free.Dispose();
    }

    private sealed class Slots(int free)
    {
        public SemaphoreSlim Free { get; } = new(free);

        /// <summary>Who holds one or waits.</summary>
        public int Users { get; set; }
    }
}
