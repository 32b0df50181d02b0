namespace Sandbox.Supervisor.Workers;

/// <summary>
/// Bounds the rate at which a worker's pipe is read. A worker that writes faster is held up by its own pipe: reading, MessagePack and JSON cost the
/// supervisor the same however much is sent. A byte rate is no reason for a kill, since outputs of 10 MB are legal. Not thread-safe: one reader.
/// </summary>
internal sealed class ReadingPace(TimeProvider time)
{
    /// <summary>Bytes a second, sustained and at once.</summary>
    public const int BytesPerSecond = 128 << 20;

    private double _tokens = BytesPerSecond;
    private long _at = time.GetTimestamp();

    /// <summary>Counts what was read; how long to wait before more is.</summary>
    public TimeSpan Take(int bytes)
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(BytesPerSecond, _tokens + (time.GetElapsedTime(_at, now).TotalSeconds * BytesPerSecond)) - bytes;
        _at = now;
        return _tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_tokens / BytesPerSecond);
    }
}
