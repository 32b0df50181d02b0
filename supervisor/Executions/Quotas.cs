namespace Sandbox.Supervisor.Executions;

/// <summary>The quota of each tenant that ran something. One is dropped once its minute and its day (UTC) are over.</summary>
internal sealed class Quotas(TimeProvider time)
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, (Quota Quota, DateTimeOffset UsedAt)> _tenants = [];
    private long _sweptAt;

    public int Count
    {
        get { lock (_gate) return _tenants.Count; }
    }

    /// <summary>To be used at once and not kept.</summary>
    public Quota Of(Guid tenantId)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (time.GetElapsedTime(_sweptAt) >= SweepEvery) Sweep(now);
            var quota = _tenants.TryGetValue(tenantId, out var known) ? known.Quota : new Quota(time);
            _tenants[tenantId] = (quota, now);
            return quota;
        }
    }

    private void Sweep(DateTimeOffset now)
    {
        _sweptAt = time.GetTimestamp();
        foreach (var (tenantId, (_, usedAt)) in _tenants)
            if (now - usedAt > SweepEvery && now.UtcDateTime.Date > usedAt.UtcDateTime.Date) _tenants.Remove(tenantId);
    }
}
