namespace Sandbox.Supervisor.Figures;

/// <summary>Counts by buckets of milliseconds. A bucket is a quarter of a power of two: each is a fifth wider than the one before.</summary>
internal sealed class Histogram
{
    private const double BucketsPerDoubling = 4;
    private readonly SortedDictionary<short, long> _counts = [];

    public void Add(short[] buckets, int[] counts)
    {
        for (var at = 0; at < buckets.Length; at++)
            _counts[buckets[at]] = _counts.GetValueOrDefault(buckets[at]) + counts[at];
    }

    /// <summary>The upper end of the bucket in which the percentile lies; null: nothing was counted.</summary>
    /// <param name="share">Of one, as 0.95.</param>
    public double? Percentile(double share)
    {
        var wanted = _counts.Values.Sum() * share;
        long passed = 0;
        foreach (var (bucket, count) in _counts)
        {
            passed += count;
            if (passed >= wanted) return Math.Pow(2, bucket / BucketsPerDoubling);
        }

        return null;
    }

    public static Histogram Of(IEnumerable<HourFigures> hours)
    {
        var histogram = new Histogram();
        foreach (var hour in hours) histogram.Add(hour.RanBuckets, hour.RanCounts);
        return histogram;
    }
}
