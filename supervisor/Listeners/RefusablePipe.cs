using System.Buffers;
using System.IO.Pipelines;

namespace Sandbox.Supervisor.Listeners;

/// <summary>
/// A connection's two directions, as they are, until a request is refused: then one answer of ours goes out, and nothing that Kestrel writes
/// after it. It costs an ordinary request the forwarding of its writes.
/// </summary>
internal sealed class RefusablePipe(IDuplexPipe inner) : PipeWriter, IDuplexPipe
{
    private readonly PipeWriter _output = inner.Output;
    private byte[]? _discarded;

    public PipeReader Input => inner.Input;

    public PipeWriter Output => this;

    public override bool CanGetUnflushedBytes => _output.CanGetUnflushedBytes;

    public override long UnflushedBytes => _output.UnflushedBytes;

    /// <summary>Writes the connection's last answer. It leaves with the next flush, which Kestrel makes for the answer of its own that it replaces.</summary>
    public void Refuse(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        _output.Write(head);
        _output.Write(body);
        _discarded = new byte[4096];
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _discarded is null ? _output.GetMemory(sizeHint) : Discarded(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _discarded is null ? _output.GetSpan(sizeHint) : Discarded(sizeHint);

    public override void Advance(int bytes)
    {
        if (_discarded is null) _output.Advance(bytes);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => _output.FlushAsync(cancellationToken);

    public override void CancelPendingFlush() => _output.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => _output.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => _output.CompleteAsync(exception);

    private byte[] Discarded(int sizeHint) => _discarded!.Length >= sizeHint ? _discarded : _discarded = new byte[sizeHint];
}
