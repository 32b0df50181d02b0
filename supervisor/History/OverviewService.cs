using BitFaster.Caching.Lru;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.History;

/// <summary>
/// The overview for those who may read executions. What took long to read is answered again for thirty times as long: the figures of a million
/// executions are a minute old at most, and a few hundred are never kept.
/// </summary>
internal sealed class OverviewService(OverviewStore store, TimeProvider time) : IOverview
{
    private const int Hours = 24;
    private const int Most = 5;
    private const int ScriptsMax = 200;
    private const int TenantsMax = 1_000;
    private const int LifeFactor = 30;
    private static readonly TimeSpan s_lifeMax = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_quick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_outcomesBack = TimeSpan.FromDays(30);
    private readonly ConcurrentLru<Guid, (TenantOverview Overview, long Until)> _kept = new(TenantsMax);

    public async Task<Result<TenantOverview>> GetAsync(Principal principal, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        if (entered.Problem is { } refused) return refused;
        var tenant = entered.Value;
        var begun = time.GetTimestamp();
        if (_kept.TryGet(tenant, out var kept) && begun < kept.Until) return kept.Overview;
        var overview = await ReadAsync(tenant, cancellationToken);
        var took = time.GetElapsedTime(begun);
        if (took < s_quick) return overview;
        var life = took * LifeFactor < s_lifeMax ? took * LifeFactor : s_lifeMax;
        var until = time.GetTimestamp() + (long)(life.TotalSeconds * time.TimestampFrequency);
        _kept.AddOrUpdate(tenant, (overview, until));
        return overview;
    }

    public async Task<Result<IReadOnlyDictionary<Guid, LastOutcome>>> LastAsync(
        Principal principal, IReadOnlyCollection<Guid> scripts, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        if (entered.Problem is { } refused) return refused;
        Guid[] asked = [.. scripts.Take(ScriptsMax)];
        var last = await store.LastAsync(entered.Value, asked, time.GetUtcNow() - s_outcomesBack, cancellationToken);
        return new Dictionary<Guid, LastOutcome>(last);
    }

    private async Task<TenantOverview> ReadAsync(Guid tenant, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var first = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero).AddHours(1 - Hours);
        var figures = new OverviewFigures(await store.CellsAsync(tenant, first, cancellationToken));
        OverviewScript[] failing = [.. figures.Failing().Take(Most)];
        OverviewScript[] slowest = [.. figures.Slowest().Take(Most)];
        var names = await store.NamesAsync(tenant, [.. failing.Concat(slowest).Select(script => script.ScriptId).Distinct()], cancellationToken);
        return new TenantOverview
        {
            Hours = [.. Enumerable.Range(0, Hours).Select(n => figures.Hour(first.AddHours(n)))],
            RanMs = figures.RanMs,
            WaitedMs = figures.WaitedMs,
            Failing = Named(failing, names),
            Slowest = Named(slowest, names),
            Paused = await store.PausedAsync(tenant, Most, cancellationToken),
            Missed = await store.MissedAsync(tenant, now.AddHours(-Hours), Most, cancellationToken),
        };
    }

    /// <summary>Without those that are no script: a source that was tried has none.</summary>
    private static OverviewScript[] Named(OverviewScript[] scripts, IReadOnlyDictionary<Guid, string> names) =>
        [.. scripts.Where(script => names.ContainsKey(script.ScriptId)).Select(script => script with { Name = names[script.ScriptId] })];
}
