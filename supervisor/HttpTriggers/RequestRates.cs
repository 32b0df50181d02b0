using System.Collections.Concurrent;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>Requests per minute of each endpoint that limits them: a bucket that refills evenly and holds at most a minute's worth.</summary>
internal sealed class RequestRates(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<Guid, Bucket> _buckets = new();

    /// <summary>Null: go on. Else the seconds until one more request is taken.</summary>
    public int? Take(Guid scriptId, int perMinute)
    {
        var bucket = _buckets.GetOrAdd(scriptId, static (_, start) => new Bucket(start.Now, start.Level), (Now: time.GetTimestamp(), Level: (double)perMinute));
        lock (bucket)
        {
            var now = time.GetTimestamp();
            bucket.Level = Math.Min(perMinute, bucket.Level + (time.GetElapsedTime(bucket.At, now) / Window * perMinute));
            bucket.At = now;
            if (bucket.Level < 1) return Math.Max(1, (int)Math.Ceiling((1 - bucket.Level) / perMinute * Window.TotalSeconds));
            bucket.Level -= 1;
            return null;
        }
    }

    /// <summary>Forgets a script that is gone or limits nothing any more.</summary>
    public void Forget(Guid scriptId) => _buckets.TryRemove(scriptId, out _);

    private sealed class Bucket(long at, double level)
    {
        public long At { get; set; } = at;
        public double Level { get; set; } = level;
    }
}
