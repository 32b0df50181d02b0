using BitFaster.Caching.Lru;

namespace Sandbox.Supervisor.Figures;

/// <summary>
/// The running hour and the stale ones of a tenant. What took long to count is answered again for a hundred times as long, a minute at most: an
/// hour of a million executions is counted now and then, one of a few hundred each time.
/// </summary>
internal sealed class LiveHours(FigureStore store, TimeProvider time)
{
    /// <summary>Hours back that are counted while they are stale.</summary>
    public const int Back = 24;

    private const int TenantsMax = 100;
    private const int LifeFactor = 100;
    private static readonly TimeSpan s_lifeMax = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_quick = TimeSpan.FromMilliseconds(30);
    private readonly ConcurrentLru<Guid, (LiveFigures Figures, long Until)> _kept = new(TenantsMax);

    public async Task<LiveFigures> GetAsync(Guid tenant, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var current = Hours.Of(time.GetUtcNow());
        if (_kept.TryGet(tenant, out var kept) && begun < kept.Until && kept.Figures.Current == current.UtcDateTime) return kept.Figures;
        DateTime[] hours = [.. Enumerable.Range(0, Back).Select(back => current.AddHours(-back).UtcDateTime)];
        var figures = await store.LiveAsync(tenant, hours, current.UtcDateTime, cancellationToken);
        var took = time.GetElapsedTime(begun);
        if (took < s_quick) return figures;
        var life = took * LifeFactor < s_lifeMax ? took * LifeFactor : s_lifeMax;
        _kept.AddOrUpdate(tenant, (figures, time.GetTimestamp() + (long)(life.TotalSeconds * time.TimestampFrequency)));
        return figures;
    }
}
