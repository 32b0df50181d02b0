using System.Text;

namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>The last 64 KB of what a worker wrote to its standard error: it may write without end, we keep without growth.</summary>
internal sealed class StandardErrorTail
{
    private const int BytesMax = 64 * 1024;

    private readonly byte[] _ring = new byte[BytesMax];
    private readonly Lock _gate = new();
    private long _written;

    public async Task ReadAllAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0) Append(buffer.AsSpan(0, read));
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            foreach (var value in bytes) _ring[_written++ % BytesMax] = value;
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
