namespace Sandbox.Supervisor.Workers;

/// <summary>After a few workers that died before they served anyone, waits longer before each further start: 0.1 s doubling to 10 s.</summary>
internal sealed class StartBackoff(TimeProvider time)
{
    private const int Free = 3;
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
        get { lock (_gate) return _failures == 0 || time.GetElapsedTime(_failedAt) >= Delay; }
    }

    private TimeSpan Delay => _failures < Free ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Min(10_000, 100 * Math.Pow(2, _failures - Free)));

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

    public void Succeeded()
    {
        lock (_gate) _failures = 0;
    }
}
