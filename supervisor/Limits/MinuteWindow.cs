namespace Sandbox.Supervisor.Limits;

/// <summary>
/// Counts over the last minute, in whole seconds: the one that runs and the 59 before it. A fixed minute would let a caller have twice the
/// limit around its turn. Not thread-safe.
/// </summary>
internal sealed class MinuteWindow
{
    public const int Seconds = 60;

    private readonly int[] _counts = new int[Seconds];
    private long _second;
    private int _total;

    /// <summary>Counts in the window that ends with this second. Seconds do not go back.</summary>
    public int Total(long second)
    {
        if (second - _second >= Seconds)
        {
            Array.Clear(_counts);
            (_second, _total) = (second, 0);
        }

        while (_second < second)
        {
            _second++;
            ref var expired = ref _counts[_second % Seconds];
            _total -= expired;
            expired = 0;
        }

        return _total;
    }

    public void Add(long second)
    {
        Total(second);
        _counts[second % Seconds]++;
        _total++;
    }

    /// <summary>Seconds until the window holds less than the limit; 1 at least.</summary>
    public int SecondsUntilBelow(long second, int limit)
    {
        var left = Total(second);
        for (var wait = 1; wait < Seconds; wait++)
        {
            left -= _counts[(second + wait) % Seconds];
            if (left < limit) return wait;
        }

        return Seconds;
    }
}
