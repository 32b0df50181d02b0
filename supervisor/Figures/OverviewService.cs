using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Figures;

/// <summary>The figures of the pages, for those who may read executions.</summary>
internal sealed class OverviewService(OverviewStore store, FigureStore figures, LiveHours live, TimeProvider time) : IOverview
{
    private const int HoursShown = 24;
    private const int Most = 5;
    private const int ScriptsMax = 200;
    private static readonly TimeSpan s_outcomesBack = TimeSpan.FromDays(30);
    private readonly Kept<TenantOverview> _days = new(time, TimeSpan.FromMilliseconds(100));

    public async Task<Result<TenantOverview>> GetAsync(Principal principal, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        if (entered.Problem is { } refused) return refused;
        var tenant = entered.Value;
        var first = First();
        var day = await _days.GetAsync(tenant, kept => kept.Hours[0].Hour == first, () => DayAsync(tenant, first, cancellationToken));
        var known = store.ScriptsAsync(tenant, [.. day.Failing.Concat(day.Slowest).Select(script => script.ScriptId).Distinct()], cancellationToken);
        var paused = store.PausedAsync(tenant, Most, cancellationToken);
        var missed = store.MissedAsync(tenant, time.GetUtcNow().AddHours(-HoursShown), Most, cancellationToken);
        await Task.WhenAll(known, paused, missed);
        return day with
        {
            Failing = Named(day.Failing, await known),
            Slowest = Named(day.Slowest, await known),
            Paused = await paused,
            Missed = await missed,
        };
    }

    /// <summary>The figures, with scripts that have no name yet.</summary>
    private async Task<TenantOverview> DayAsync(Guid tenant, DateTimeOffset first, CancellationToken cancellationToken)
    {
        var counted = await live.GetAsync(tenant, cancellationToken);
        DateTimeOffset[] begins = [.. Begins(first)];
        DateTime[] stored = [.. begins.Select(hour => hour.UtcDateTime).Except(counted.Hours)];
        var day = new OverviewFigures(await figures.TenantAsync(tenant, stored, cancellationToken), counted);
        var candidates = day.Candidates;
        var hours = await figures.ScriptsAsync(tenant, [.. candidates], first.UtcDateTime, counted.Hours, cancellationToken);
        OverviewScript[] scripts = [.. OverviewFigures.Scripts(hours.Concat(counted.Scripts.Where(hour => candidates.Contains(hour.ScriptId))), begins)];
        return new TenantOverview
        {
            Hours = [.. begins.Select(day.Hour)],
            RanMs = day.RanMs,
            WaitedMs = day.WaitedMs,
            Failing = [.. scripts.Where(script => script.Failures > 0).OrderByDescending(script => script.Failures).ThenBy(script => script.ScriptId).Take(Most)],
            Slowest = [.. scripts.Where(script => script.RanMs is not null).OrderByDescending(script => script.RanMs).ThenBy(script => script.ScriptId).Take(Most)],
            Paused = [],
            Missed = [],
        };
    }

    public async Task<Result<OpenTrouble>> OpenAsync(Principal principal, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        return entered.Problem is { } refused ? refused : await store.OpenAsync(entered.Value, cancellationToken);
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

    public async Task<Result<IReadOnlyDictionary<Guid, IReadOnlyList<OverviewHour>>>> HoursAsync(
        Principal principal, IReadOnlyCollection<Guid> scripts, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        if (entered.Problem is { } refused) return refused;
        var first = First();
        var hours = await RowsAsync(entered.Value, [.. scripts.Take(ScriptsMax)], first, cancellationToken);
        return hours.GroupBy(hour => hour.ScriptId).ToDictionary(script => script.Key, script => Day(first, script));
    }

    public async Task<Result<ScriptFigures>> ScriptAsync(Principal principal, Guid script, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        if (entered.Problem is { } refused) return refused;
        var first = First();
        var hours = await RowsAsync(entered.Value, [script], first.AddDays(1 - ScriptFigures.Days), cancellationToken);
        return new ScriptFigures(Day(first, hours), [.. OverviewFigures.Versions(hours)]);
    }

    private async Task<IReadOnlyList<ScriptHour>> RowsAsync(Guid tenant, Guid[] scripts, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var running = await live.GetAsync(tenant, cancellationToken);
        var stored = await figures.ScriptsAsync(tenant, scripts, since.UtcDateTime, running.Hours, cancellationToken);
        return [.. stored, .. running.Scripts.Where(hour => scripts.Contains(hour.ScriptId))];
    }

    /// <summary>The first of the hours that are shown.</summary>
    private DateTimeOffset First() => Hours.Of(time.GetUtcNow()).AddHours(1 - HoursShown);

    private static IEnumerable<DateTimeOffset> Begins(DateTimeOffset first) => Enumerable.Range(0, HoursShown).Select(n => first.AddHours(n));

    private static IReadOnlyList<OverviewHour> Day(DateTimeOffset first, IEnumerable<ScriptHour> hours) => OverviewFigures.Day([.. Begins(first)], hours);

    /// <summary>Without those that are no script: a source that was tried has none.</summary>
    private static OverviewScript[] Named(IEnumerable<OverviewScript> scripts, IReadOnlyDictionary<Guid, (string Name, int TimeoutMs)> known) =>
        [.. scripts.Where(script => known.ContainsKey(script.ScriptId)).Select(script => script with { Name = known[script.ScriptId].Name, TimeoutMs = known[script.ScriptId].TimeoutMs })];
}
