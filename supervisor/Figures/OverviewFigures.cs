using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Figures;

/// <summary>A day's figures out of those of its hours.</summary>
/// <param name="stored">Of hours that are over.</param>
/// <param name="live">Of the others.</param>
internal sealed class OverviewFigures(IReadOnlyList<TenantHour> stored, LiveFigures live)
{
    private const double Share = 0.95;

    public double? RanMs => Histogram.Of([.. stored, .. live.Scripts]).Percentile(Share);

    public double? WaitedMs
    {
        get
        {
            var waited = new Histogram();
            foreach (var hour in stored) waited.Add(hour.WaitedBuckets, hour.WaitedCounts);
            waited.Add(live.WaitedBuckets, live.WaitedCounts);
            return waited.Percentile(Share);
        }
    }

    /// <summary>Those that were among the worst of an hour.</summary>
    public HashSet<Guid> Candidates =>
    [
        .. stored.SelectMany(hour => hour.Failing.Concat(hour.Slowest))
            .Concat(Worst(live.Scripts, hour => hour.Failed + hour.TimedOut))
            .Concat(Worst(live.Scripts.Where(hour => hour.RanBuckets.Length > 0), hour => hour.RanBuckets[^1])),
    ];

    public OverviewHour Hour(DateTimeOffset hour) => Sum(hour, ((IEnumerable<HourFigures>)stored).Concat(live.Scripts));

    /// <summary>Figures of scripts, without names.</summary>
    /// <param name="hours">All of theirs.</param>
    /// <param name="begins">Of the day's hours.</param>
    public static IEnumerable<OverviewScript> Scripts(IEnumerable<ScriptHour> hours, IReadOnlyList<DateTimeOffset> begins) => hours.GroupBy(hour => hour.ScriptId).Select(script => new OverviewScript(
        script.Key,
        "",
        script.Sum(Total),
        script.Sum(hour => (long)hour.Failed + hour.TimedOut),
        Histogram.Of(script).Percentile(Share),
        Day(begins, script)));

    /// <summary>Figures of versions, the newest first.</summary>
    /// <param name="hours">Of one script.</param>
    public static IEnumerable<VersionFigures> Versions(IEnumerable<ScriptHour> hours) => hours.GroupBy(hour => hour.Version).OrderByDescending(version => version.Key).Select(version =>
    {
        var ran = Histogram.Of(version);
        return new VersionFigures(
            version.Key, version.Sum(Total), version.Sum(hour => (long)hour.Failed + hour.TimedOut), ran.Percentile(0.5), ran.Percentile(Share));
    });

    /// <summary>What the rows of each hour add up to.</summary>
    public static IReadOnlyList<OverviewHour> Day(IReadOnlyList<DateTimeOffset> begins, IEnumerable<ScriptHour> hours)
    {
        var of = hours.ToLookup(hour => hour.Hour);
        return [.. begins.Select(begin => Sum(begin, of[begin.UtcDateTime]))];
    }

    /// <summary>What the rows of an hour add up to.</summary>
    public static OverviewHour Sum(DateTimeOffset hour, IEnumerable<HourFigures> hours)
    {
        var of = hours.Where(one => one.Hour == hour.UtcDateTime).ToArray();
        return new OverviewHour(
            hour, of.Sum(one => (long)one.Completed), of.Sum(one => (long)one.Failed), of.Sum(one => (long)one.TimedOut), of.Sum(one => (long)one.Cancelled));
    }

    private static long Total(HourFigures hour) => (long)hour.Completed + hour.Failed + hour.TimedOut + hour.Cancelled;

    private static IEnumerable<Guid> Worst(IEnumerable<ScriptHour> hours, Func<ScriptHour, int> measure) =>
        hours.OrderByDescending(measure).Take(HourFoldStore.WorstKept).Select(hour => hour.ScriptId);
}
