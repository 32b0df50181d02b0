using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.History;

/// <summary>The figures that counts of executions give.</summary>
internal sealed class OverviewFigures
{
    private const double Share = 0.95;

    /// <summary>Buckets in a power of two: each is a fifth wider than the one before.</summary>
    private const double BucketsPerDoubling = 4;

    private readonly ILookup<Guid, OverviewCell> _scripts;
    private readonly ILookup<DateTime, OverviewCell> _hours;
    private readonly OverviewCell[] _waited;

    public OverviewFigures(IReadOnlyList<OverviewCell> cells)
    {
        _scripts = cells.Where(cell => cell.ScriptId is not null).ToLookup(cell => cell.ScriptId!.Value);
        _hours = cells.Where(cell => cell.Hour is not null).ToLookup(cell => cell.Hour!.Value);
        _waited = [.. cells.Where(cell => cell is { ScriptId: null, Hour: null })];
    }

    public double? RanMs => Percentile(_scripts.SelectMany(script => script));

    public double? WaitedMs => Percentile(_waited);

    public OverviewHour Hour(DateTimeOffset hour)
    {
        var counts = _hours[hour.UtcDateTime].ToDictionary(cell => EnumText<ExecutionStatus>.Parse(cell.Status!), cell => cell.Count);
        return new OverviewHour(
            hour,
            counts.GetValueOrDefault(ExecutionStatus.Completed),
            counts.GetValueOrDefault(ExecutionStatus.Failed),
            counts.GetValueOrDefault(ExecutionStatus.Timeout),
            counts.GetValueOrDefault(ExecutionStatus.Cancelled));
    }

    /// <summary>Those with a failure, the most failures first; without names.</summary>
    public IEnumerable<OverviewScript> Failing() =>
        Scripts().Where(script => script.Failures > 0).OrderByDescending(script => script.Failures).ThenBy(script => script.ScriptId);

    /// <summary>Those that ran, the slowest first; without names.</summary>
    public IEnumerable<OverviewScript> Slowest() =>
        Scripts().Where(script => script.RanMs is not null).OrderByDescending(script => script.RanMs).ThenBy(script => script.ScriptId);

    private IEnumerable<OverviewScript> Scripts() => _scripts.Select(script => new OverviewScript(
        script.Key, "", script.Sum(cell => cell.Count), script.Where(cell => cell.HasFailed is true).Sum(cell => cell.Count), Percentile(script)));

    /// <summary>The upper end of the bucket in which the 95th of 100 lies.</summary>
    private static double? Percentile(IEnumerable<OverviewCell> cells)
    {
        var buckets = cells.Where(cell => cell.Bucket is not null).GroupBy(cell => cell.Bucket!.Value, cell => cell.Count).OrderBy(bucket => bucket.Key).ToArray();
        var wanted = buckets.Sum(bucket => bucket.Sum()) * Share;
        long passed = 0;
        foreach (var bucket in buckets)
        {
            passed += bucket.Sum();
            if (passed >= wanted) return Math.Pow(2, bucket.Key / BucketsPerDoubling);
        }

        return null;
    }
}
