namespace Sandbox.Supervisor.Workers;

/// <summary>
/// Log lines that a worker may still send, refilled over time or not at all. Counts what arrives, before any of it is decoded; what a
/// worker of ours sends is a small part of it. Not thread-safe: one reader.
/// </summary>
internal sealed class LineAllowance
{
    private readonly TimeProvider _time;
    private readonly double _linesMax;
    private readonly double _charactersMax;
    private readonly bool _perSecond;
    private double _lines;
    private double _characters;
    private long _at;

    private LineAllowance(TimeProvider time, double linesMax, double charactersMax, bool perSecond)
    {
        _time = time;
        _perSecond = perSecond;
        _lines = _linesMax = linesMax;
        _characters = _charactersMax = charactersMax;
        _at = time.GetTimestamp();
    }

    /// <summary>Four times the lines of an invocation; of its bytes as much again for JSON's escapes, which take six characters for one.</summary>
    public static LineAllowance OfInvocation(TimeProvider time, int logLinesMax, int logBytesMax) =>
        new(time, 4.0 * (logLinesMax + 1), 8.0 * logBytesMax, perSecond: false);

    /// <summary>Lines of invocations that are over: what was on its way when they ended, of many invocations at once.</summary>
    public static LineAllowance OfStrays(TimeProvider time) => new(time, 20_000, 16 << 20, perSecond: true);

    /// <summary>False once it is used up.</summary>
    public bool Take(int lines, long characters)
    {
        if (_perSecond)
        {
            var now = _time.GetTimestamp();
            var seconds = _time.GetElapsedTime(_at, now).TotalSeconds;
            _lines = Math.Min(_linesMax, _lines + (seconds * _linesMax));
            _characters = Math.Min(_charactersMax, _characters + (seconds * _charactersMax));
            _at = now;
        }

        _lines -= lines;
        _characters -= characters;
        return _lines >= 0 && _characters >= 0;
    }
}
