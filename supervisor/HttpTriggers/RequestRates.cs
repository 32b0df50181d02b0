using System.Collections.Concurrent;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>Requests per minute of each endpoint that limits them: a bucket that refills evenly and holds at most a minute's worth.</summary>
/// <remarks>System.Threading.RateLimiting has the same bucket, but on the machine's clock alone: no test could turn it.</remarks>
internal sealed class RequestRates(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<Guid, Bucket> _buckets = new();
    private long _swept = time.GetTimestamp();

    /// <summary>Endpoints that are remembered.</summary>
    internal int Count => _buckets.Count;

    /// <summary>Null: go on. Else the seconds until one more request is taken.</summary>
    public int? Take(Guid scriptId, int perMinute)
    {
        Sweep();
        while (true)
        {
            var bucket = _buckets.GetOrAdd(scriptId, static (_, start) => new Bucket(start.Now, start.Level), (Now: time.GetTimestamp(), Level: (double)perMinute));
            lock (bucket)
            {
                if (bucket.Gone) continue;
                var now = time.GetTimestamp();
                bucket.Level = Math.Min(perMinute, bucket.Level + (time.GetElapsedTime(bucket.At, now) / Window * perMinute));
                bucket.At = now;
                if (bucket.Level < 1) return Math.Max(1, (int)Math.Ceiling((1 - bucket.Level) / perMinute * Window.TotalSeconds));
                bucket.Level -= 1;
                return null;
            }
        }
    }

    /// <summary>Forgets a script that is gone or limits nothing any more.</summary>
    public void Forget(Guid scriptId) => _buckets.TryRemove(scriptId, out _);

    /// <summary>Once a minute, forgets what nobody called for a minute: it is full, as a new one is.</summary>
    private void Sweep()
    {
        var last = Volatile.Read(ref _swept);
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(last, now) < Window || Interlocked.CompareExchange(ref _swept, now, last) != last) return;
        foreach (var (script, bucket) in _buckets)
        {
            lock (bucket)
            {
                if (time.GetElapsedTime(bucket.At, now) < Window) continue;
                bucket.Gone = true;
                _buckets.TryRemove(new KeyValuePair<Guid, Bucket>(script, bucket));
            }
        }
    }

    private sealed class Bucket(long at, double level)
    {
        public long At { get; set; } = at;
        public double Level { get; set; } = level;

        /// <summary>Swept while somebody was about to take from it.</summary>
        public bool Gone { get; set; }
    }
}
