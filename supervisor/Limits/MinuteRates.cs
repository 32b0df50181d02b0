namespace Sandbox.Supervisor.Limits;

/// <summary>What happened within the last minute, by key. A key that was not used for a minute is forgotten.</summary>
internal sealed class MinuteRates<TKey>(TimeProvider time) where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Used> _used = [];
    private readonly long _from = time.GetTimestamp();
    private long _swept;

    /// <summary>Keys that are remembered.</summary>
    public int Count
    {
        get { lock (_gate) return _used.Count; }
    }

    /// <summary>Counts one. Null: go on. Else the seconds until one more is allowed.</summary>
    public int? Take(TKey key, int perMinute)
    {
        // Monotonic: a clock that is set neither empties the window nor holds it.
        var second = (long)time.GetElapsedTime(_from).TotalSeconds;
        lock (_gate)
        {
            if (second - _swept >= MinuteWindow.Seconds) Sweep(second);
            if (!_used.TryGetValue(key, out var used)) _used.Add(key, used = new Used());
            used.At = second;
            if (used.Window.Total(second) >= perMinute) return used.Window.SecondsUntilBelow(second, perMinute);
            used.Window.Add(second);
            return null;
        }
    }

    private void Sweep(long second)
    {
        _swept = second;
        foreach (var (key, used) in _used)
            if (second - used.At >= MinuteWindow.Seconds) _used.Remove(key);
    }

    private sealed class Used
    {
        public MinuteWindow Window { get; } = new();
        public long At { get; set; }
    }
}
