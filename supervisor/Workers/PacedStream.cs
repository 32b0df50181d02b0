namespace Sandbox.Supervisor.Workers;

/// <summary>
/// A worker's pipe, read at a bounded rate. A worker that writes faster is held up by its own pipe: reading, MessagePack and JSON cost the
/// supervisor the same however much is sent. A byte rate is no reason for a kill, since outputs of 10 MB are legal.
/// </summary>
internal sealed class PacedStream(Stream inner, TimeProvider time) : Stream
{
    /// <summary>Bytes a second, sustained and at once.</summary>
    public const int BytesPerSecond = 128 << 20;

    private double _tokens = BytesPerSecond;
    private long _at = time.GetTimestamp();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(BytesPerSecond, _tokens + (time.GetElapsedTime(_at, now).TotalSeconds * BytesPerSecond));
        _at = now;
        if (_tokens < 0) await Task.Delay(TimeSpan.FromSeconds(-_tokens / BytesPerSecond), time, cancellationToken);
        var read = await inner.ReadAsync(buffer, cancellationToken);
        _tokens -= read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
