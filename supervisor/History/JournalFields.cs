using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.History;

/// <summary>Writes the fields of one record behind room for its frame.</summary>
internal readonly ref struct JournalFieldWriter
{
    private readonly ArrayBufferWriter<byte> _buffer;

    public JournalFieldWriter(ArrayBufferWriter<byte> buffer)
    {
        _buffer = buffer;
        buffer.GetSpan(JournalCodec.FrameBytes);
        buffer.Advance(JournalCodec.FrameBytes);
    }

    public void Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    public void Int(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
    }

    public void Long(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
    }

    /// <summary>Null is a NaN that no measurement gives.</summary>
    public void Double(double? value) => Long(value is { } some ? BitConverter.DoubleToInt64Bits(some) : JournalFieldReader.NoDouble);

    public void Time(DateTimeOffset? value) => Long(value?.UtcTicks ?? -1);

    public void Id(Guid value)
    {
        value.TryWriteBytes(_buffer.GetSpan(16));
        _buffer.Advance(16);
    }

    /// <summary>UTF-8, or UTF-16 where lone surrogates would not survive that; the low bit of the length tells.</summary>
    public void Text(string? value)
    {
        if (value is null)
        {
            Int(-1);
            return;
        }

        var span = _buffer.GetSpan(4 + Encoding.UTF8.GetMaxByteCount(value.Length));
        if (Utf8.FromUtf16(value, span[4..], out _, out var bytes, replaceInvalidSequences: false) == OperationStatus.Done)
        {
            BinaryPrimitives.WriteInt32LittleEndian(span, bytes << 1);
        }
        else
        {
            bytes = value.Length * sizeof(char);
            MemoryMarshal.AsBytes(value.AsSpan()).CopyTo(span[4..]);
            BinaryPrimitives.WriteInt32LittleEndian(span, (bytes << 1) | 1);
        }

        _buffer.Advance(4 + bytes);
    }

    /// <summary>Fills in the frame.</summary>
    public void Seal()
    {
        var whole = MemoryMarshal.AsMemory(_buffer.WrittenMemory).Span;
        var body = whole[JournalCodec.FrameBytes..];
        BinaryPrimitives.WriteInt32LittleEndian(whole, body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(whole[4..], JournalFieldReader.Checksum(body));
    }
}

/// <summary>Reads what <see cref="JournalFieldWriter"/> wrote.</summary>
internal ref struct JournalFieldReader(ReadOnlySpan<byte> body)
{
    internal const long NoDouble = -1;

    private ReadOnlySpan<byte> _rest = body;

    public byte Byte() => Take(1)[0];

    public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public int? Count() => Int() is >= 0 and var value ? value : null;

    public long Long() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public long? LongOrNull() => Long() is >= 0 and var value ? value : null;

    public double? Double() => Long() is var bits and not NoDouble ? BitConverter.Int64BitsToDouble(bits) : null;

    public DateTimeOffset? Time() => Long() is >= 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public Guid Id() => new(Take(16));

    public int IdThenInt(out Guid id)
    {
        id = Id();
        return Int();
    }

    public string? Text()
    {
        var header = Int();
        if (header < 0)
            return null;
        var bytes = Take(header >> 1);
        return (header & 1) == 0 ? Encoding.UTF8.GetString(bytes) : new string(MemoryMarshal.Cast<byte, char>(bytes));
    }

    public RawJson? Json() => Text() is { } text ? new RawJson(text) : null;

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if ((uint)bytes > (uint)_rest.Length)
            throw new InvalidDataException("A journal record is shorter than its fields.");
        var taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return taken;
    }

    /// <summary>CRC-32C, which x86-64 and ARM count in hardware.</summary>
    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var one in bytes)
            crc = BitOperations.Crc32C(crc, one);
        return ~crc;
    }
}
