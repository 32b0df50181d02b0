using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace Sandbox.Protocol.Rpc;

/// <summary>
/// StreamJsonRpc's frames of a 4-byte big-endian length, with the cap they lack: a length beyond
/// <see cref="RpcProtocol.FrameBytesMax"/> ends the connection before a byte of the body is buffered.
/// </summary>
public sealed class CappedMessageHandler : LengthHeaderMessageHandler
{
    private const int HeaderBytes = sizeof(int);
    private readonly Func<JsonRpcMessage, string?>? _refuse;

    /// <param name="writer">To the other side.</param>
    /// <param name="reader">From the other side.</param>
    /// <param name="formatter">See <see cref="RpcFormatter"/>.</param>
    /// <param name="refuse">Says why a message that was read is not acceptable, null where it is; a refusal ends the connection.</param>
    public CappedMessageHandler(PipeWriter writer, PipeReader reader, IJsonRpcMessageFormatter formatter, Func<JsonRpcMessage, string?>? refuse = null)
        : base(writer, reader, formatter) => _refuse = refuse;

    /// <inheritdoc />
    protected override async ValueTask<JsonRpcMessage?> ReadCoreAsync(CancellationToken cancellationToken)
    {
        var header = await ReadAtLeastAsync(HeaderBytes, allowEmpty: true, cancellationToken).ConfigureAwait(false);
        if (header.Buffer.Length >= HeaderBytes && ReadLength(header.Buffer) is var length and (<= 0 or > RpcProtocol.FrameBytesMax))
            throw new FrameTooLargeException(length);
        Reader!.AdvanceTo(header.Buffer.Start);

        var message = await base.ReadCoreAsync(cancellationToken).ConfigureAwait(false);
        if (message is not null && _refuse?.Invoke(message) is { } reason) throw new MessageRefusedException(reason);
        return message;
    }

    private static int ReadLength(ReadOnlySequence<byte> buffer)
    {
        Span<byte> bytes = stackalloc byte[HeaderBytes];
        buffer.Slice(0, HeaderBytes).CopyTo(bytes);
        return BinaryPrimitives.ReadInt32BigEndian(bytes);
    }
}

/// <summary>A frame was announced whose length is not within 1 and <see cref="RpcProtocol.FrameBytesMax"/>.</summary>
public sealed class FrameTooLargeException(int lengthBytes)
    : Exception($"A frame of {(uint)lengthBytes} bytes; at most {RpcProtocol.FrameBytesMax} are accepted.")
{
    /// <summary>The length as it was announced.</summary>
    public int LengthBytes { get; } = lengthBytes;
}

/// <summary>A message that the other side has no business sending.</summary>
public sealed class MessageRefusedException(string reason) : Exception($"The connection was ended: {reason}.");
