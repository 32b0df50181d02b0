namespace Sandbox.Supervisor.Workers;

/// <summary>After a few workers that died before they served anyone, waits longer before each further start: 0.1 s doubling to 10 s.</summary>
internal sealed class StartBackoff(TimeProvider time)
{
    private const int Free = 3;
    private static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(10);

    /// <summary>A timer may fire a tick of the clock early.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private int _failures;
    private long _failedAt;

    /// <summary>Workers die young.</summary>
    public bool Failing
    {
        get { lock (_gate) return _failures >= Free; }
    }

    public bool MayStart
    {
        get { lock (_gate) return _failures < Free || time.GetElapsedTime(_failedAt) + Tolerance >= Delay; }
    }

    private TimeSpan Delay => _failures < Free ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Min(DelayMax.TotalMilliseconds, 100 * Math.Pow(2, _failures - Free)));

    /// <summary>Counts a death; the wait that follows.</summary>
    public TimeSpan Failed()
    {
        lock (_gate)
        {
            _failures++;
            _failedAt = time.GetTimestamp();
            return Delay;
        }
    }

    /// <summary>A worker served someone. That says something of starts only where it started after the last one that failed.</summary>
    public void Served(long startedAt)
    {
        lock (_gate)
        {
            if (startedAt >= _failedAt) _failures = 0;
        }
    }

    /// <summary>All workers that are wanted are there: where none has died for a while either, starting works again.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            if (_failures > 0 && time.GetElapsedTime(_failedAt) >= DelayMax) _failures = 0;
        }
    }
}
