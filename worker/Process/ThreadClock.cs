namespace Sandbox.Worker.Process;

/// <summary>CPU time of one thread, readable from any other (pthread_getcpuclockid(3)).</summary>
internal readonly struct ThreadClock
{
    private readonly int _clock;

    private ThreadClock(int clock) => _clock = clock;

    public static unsafe ThreadClock OfThisThread()
    {
        int clock;
        var error = Native.PthreadGetCpuClockId(Native.PthreadSelf(), &clock);
        if (error != 0) throw new InvalidOperationException($"pthread_getcpuclockid: error {error}");
        return new ThreadClock(clock);
    }

    public unsafe long Microseconds
    {
        get
        {
            Native.TimeSpec time;
            return Native.ClockGetTime(_clock, &time) == 0 ? time.Seconds * 1_000_000 + time.Nanoseconds / 1_000 : 0;
        }
    }
}
