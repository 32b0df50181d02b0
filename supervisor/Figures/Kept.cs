using BitFaster.Caching.Lru;

namespace Sandbox.Supervisor.Figures;

/// <summary>
/// Figures of tenants. What took long to make is answered again for a hundred times as long, a minute at most: an hour of a million executions is counted
/// now and then, one of a few hundred each time.
/// </summary>
/// <param name="time">Its clock.</param>
/// <param name="quick">What took less is made each time.</param>
internal sealed class Kept<T>(TimeProvider time, TimeSpan quick)
{
    private const int TenantsMax = 100;
    private const int LifeFactor = 100;
    private static readonly TimeSpan s_lifeMax = TimeSpan.FromMinutes(1);
    private readonly ConcurrentLru<Guid, (T Figures, long Until)> _kept = new(TenantsMax);

    /// <param name="tenant">Whose.</param>
    /// <param name="holds">Whether kept figures still stand.</param>
    /// <param name="make">Makes them anew.</param>
    public async Task<T> GetAsync(Guid tenant, Func<T, bool> holds, Func<Task<T>> make)
    {
        var begun = time.GetTimestamp();
        if (_kept.TryGet(tenant, out var kept) && begun < kept.Until && holds(kept.Figures)) return kept.Figures;
        var figures = await make();
        var took = time.GetElapsedTime(begun);
        if (took < quick) return figures;
        var life = took * LifeFactor < s_lifeMax ? took * LifeFactor : s_lifeMax;
        _kept.AddOrUpdate(tenant, (figures, time.GetTimestamp() + (long)(life.TotalSeconds * time.TimestampFrequency)));
        return figures;
    }
}
