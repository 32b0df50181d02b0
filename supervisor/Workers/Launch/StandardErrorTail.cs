using System.Text;

namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>The last 64 KB of what a worker wrote to its standard error: it may write without end, we read and keep a bounded part.</summary>
internal sealed class StandardErrorTail
{
    /// <summary>Bytes that are read in all. A worker of ours writes some KB in its life: a stack at a fatal error.</summary>
    public const long ReadBytesMax = 8L << 20;

    private const int BytesMax = 64 * 1024;

    private readonly byte[] _ring = new byte[BytesMax];
    private readonly Lock _gate = new();
    private long _written;

    /// <summary>Reads to the end, or to <see cref="ReadBytesMax"/>: false then, and the rest stays unread.</summary>
    public async Task<bool> ReadAllAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            Append(buffer.AsSpan(0, read));
            if (_written > ReadBytesMax) return false;
        }

        return true;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            _written += bytes.Length;
            if (bytes.Length > BytesMax) bytes = bytes[^BytesMax..];
            var start = (int)((_written - bytes.Length) % BytesMax);
            var first = Math.Min(bytes.Length, BytesMax - start);
            bytes[..first].CopyTo(_ring.AsSpan(start));
            bytes[first..].CopyTo(_ring);
        }
    }

    public override string ToString()
    {
        lock (_gate)
        {
            if (_written <= BytesMax) return Encoding.UTF8.GetString(_ring, 0, (int)_written);
            var start = (int)(_written % BytesMax);
            return Encoding.UTF8.GetString([.. _ring.AsSpan(start), .. _ring.AsSpan(0, start)]);
        }
    }
}
