using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace Sandbox.Protocol.Rpc;

/// <summary>
/// Frames of a 4-byte big-endian length and a MessagePack body, as StreamJsonRpc's own <c>LengthHeaderMessageHandler</c>,
/// with the cap that it lacks: a length beyond <see cref="RpcProtocol.FrameBytesMax"/> ends the connection before a byte of the body is buffered.
/// </summary>
public sealed class CappedMessageHandler : PipeMessageHandler
{
    private const int HeaderBytes = sizeof(int);

    public CappedMessageHandler(PipeWriter writer, PipeReader reader, IJsonRpcMessageFormatter formatter)
        : base(writer, reader, formatter)
    {
    }

    /// <inheritdoc />
    protected override async ValueTask<JsonRpcMessage?> ReadCoreAsync(CancellationToken cancellationToken)
    {
        var header = await ReadAtLeastAsync(HeaderBytes, allowEmpty: true, cancellationToken).ConfigureAwait(false);
        if (header.Buffer.Length < HeaderBytes) return null;

        var length = ReadLength(header.Buffer);
        Reader!.AdvanceTo(header.Buffer.GetPosition(HeaderBytes));
        if (length is <= 0 or > RpcProtocol.FrameBytesMax) throw new FrameTooLargeException(length);

        var body = await ReadAtLeastAsync(length, allowEmpty: false, cancellationToken).ConfigureAwait(false);
        var content = body.Buffer.Slice(0, length);
        try
        {
            return Formatter.Deserialize(content);
        }
        finally
        {
            Reader.AdvanceTo(content.End);
        }
    }

    /// <inheritdoc />
    protected override void Write(JsonRpcMessage content, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(512);
        Formatter.Serialize(body, content);
        if (body.WrittenCount > RpcProtocol.FrameBytesMax) throw new FrameTooLargeException(body.WrittenCount);

        var span = Writer!.GetSpan(HeaderBytes + body.WrittenCount);
        BinaryPrimitives.WriteInt32BigEndian(span, body.WrittenCount);
        body.WrittenSpan.CopyTo(span[HeaderBytes..]);
        Writer.Advance(HeaderBytes + body.WrittenCount);
    }

    private static int ReadLength(ReadOnlySequence<byte> buffer)
    {
        Span<byte> bytes = stackalloc byte[HeaderBytes];
        buffer.Slice(0, HeaderBytes).CopyTo(bytes);
        return BinaryPrimitives.ReadInt32BigEndian(bytes);
    }
}

/// <summary>A frame was announced, or was about to be sent, whose length is not within 1 and <see cref="RpcProtocol.FrameBytesMax"/>.</summary>
public sealed class FrameTooLargeException(int lengthBytes)
    : Exception($"A frame of {(uint)lengthBytes} bytes; at most {RpcProtocol.FrameBytesMax} are accepted.")
{
    /// <summary>The length as it was announced.</summary>
    public int LengthBytes { get; } = lengthBytes;
}
