using BitFaster.Caching.Lru;

namespace Sandbox.Supervisor.Cache;

/// <summary>
/// What the caches of a tenant may take up. Counted in the database once a minute at most, and in between by what this node writes: several nodes,
/// or keys that are written over, make it a bound that holds within a minute and not to the byte.
/// </summary>
internal sealed class CacheBudget(CacheStore store, TimeProvider time)
{
    private const long BytesMax = 100L * 1024 * 1024;
    private const long KeysMax = 100_000;
    private const int TenantsMax = 10_000;
    private static readonly TimeSpan s_countEvery = TimeSpan.FromMinutes(1);
    private readonly ConcurrentLru<Guid, Used> _tenants = new(TenantsMax);

    /// <summary>Takes room for a value. Null: there is room. Else the limit in words.</summary>
    public async ValueTask<string?> TakeAsync(Guid tenantId, long bytes, CancellationToken cancellationToken)
    {
        var used = _tenants.GetOrAdd(tenantId, static _ => new Used());
        if (used.Take(bytes, time) is not { } limit) return null;
        if (limit != Used.Unknown && used.IsFresh(time)) return limit;
        var (keys, stored) = await store.UsedAsync(tenantId, cancellationToken);
        used.Set(keys, stored, time);
        return used.Take(bytes, time);
    }

    private sealed class Used
    {
        public const string Unknown = "";

        private readonly Lock _gate = new();
        private long _keys;
        private long _bytes;
        private long _at;
        private bool _known;

        public string? Take(long bytes, TimeProvider time)
        {
            lock (_gate)
            {
                if (!_known || time.GetElapsedTime(_at) >= s_countEvery) return Unknown;
                if (_bytes + bytes > BytesMax) return $"{BytesMax >> 20} MB";
                if (_keys + 1 > KeysMax) return $"{KeysMax} keys";
                // A key that is written over counts twice until the next count: then the count is made anew, at most once a second.
                _bytes += bytes;
                _keys++;
                return null;
            }
        }

        /// <summary>Counted within the last second.</summary>
        public bool IsFresh(TimeProvider time)
        {
            lock (_gate) return _known && time.GetElapsedTime(_at) < TimeSpan.FromSeconds(1);
        }

        public void Set(long keys, long bytes, TimeProvider time)
        {
            lock (_gate) (_keys, _bytes, _at, _known) = (keys, bytes, time.GetTimestamp(), true);
        }
    }
}
