using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using MessagePack;

namespace Sandbox.Supervisor.History;

/// <summary>A journal record as bytes: a frame (length and CRC-32C of the rest, 4 bytes each, little-endian), then a <see cref="JournalEntry"/> in MessagePack.</summary>
internal static class JournalCodec
{
    public const int FrameBytes = 8;

    private static readonly MessagePackSerializerOptions s_options = new(JournalResolver.Instance);

    public static void WriteStarted(ArrayBufferWriter<byte> buffer, ExecutionRecord record) => Write(buffer, JournalEntry.Of(record, ended: false));

    public static void WriteFinished(ArrayBufferWriter<byte> buffer, ExecutionRecord record) => Write(buffer, JournalEntry.Of(record, ended: true));

    /// <summary>Makes the serializer, which takes tens of milliseconds, so that the first execution need not wait for it.</summary>
    public static void Warm() => MessagePackSerializer.Serialize(
        new ArrayBufferWriter<byte>(), new JournalEntry { Logs = [new JournalLine()], CallLog = [new JournalCall()] }, s_options);

    /// <summary>The record in a frame's body; <c>Ended</c> where it is that of an end.</summary>
    /// <exception cref="InvalidDataException">It is no record of ours.</exception>
    public static (ExecutionRecord Record, bool Ended) Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            var entry = MessagePackSerializer.Deserialize<JournalEntry>(body, s_options);
            return (entry.ToRecord(), entry.Ended);
        }
        catch (MessagePackSerializationException e)
        {
            throw new InvalidDataException("The journal has a record that cannot be read.", e);
        }
    }

    /// <summary>CRC-32C, which x86-64 and ARM count in hardware.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var one in bytes)
            crc = BitOperations.Crc32C(crc, one);
        return ~crc;
    }

    private static void Write(ArrayBufferWriter<byte> buffer, JournalEntry entry)
    {
        buffer.ResetWrittenCount();
        buffer.GetSpan(FrameBytes);
        buffer.Advance(FrameBytes);
        MessagePackSerializer.Serialize(buffer, entry, s_options);
        var whole = MemoryMarshal.AsMemory(buffer.WrittenMemory).Span;
        BinaryPrimitives.WriteInt32LittleEndian(whole, whole.Length - FrameBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(whole[4..], Checksum(whole[FrameBytes..]));
    }
}
