namespace Sandbox.Supervisor.Egress;

/// <summary>Bytes of answers that are held at once, for one tenant and for all: what servers send must not fill this process.</summary>
internal sealed class EgressBudget
{
    private const long OfTenantMax = 128L * 1024 * 1024;
    private const long OfAllMax = 512L * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, long> _ofTenants = [];
    private long _ofAll;

    /// <summary>False where there is no room now; then nothing was taken.</summary>
    public bool TryTake(Guid tenantId, long bytes)
    {
        lock (_gate)
        {
            var taken = _ofTenants.GetValueOrDefault(tenantId) + bytes;
            if (taken > OfTenantMax || _ofAll + bytes > OfAllMax) return false;
            _ofTenants[tenantId] = taken;
            _ofAll += bytes;
            return true;
        }
    }

    public void Give(Guid tenantId, long bytes)
    {
        lock (_gate)
        {
            _ofAll -= bytes;
            var left = _ofTenants.GetValueOrDefault(tenantId) - bytes;
            if (left > 0) _ofTenants[tenantId] = left;
            else _ofTenants.Remove(tenantId);
        }
    }
}
