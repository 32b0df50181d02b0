using System.Buffers.Binary;

namespace Sandbox.Supervisor.Database;

/// <summary>What a UUIDv7 (RFC 9562) tells and bounds: its first 48 bits are its milliseconds since 1970.</summary>
internal static class UuidV7
{
    /// <summary>When it was made; null where it is of another version.</summary>
    public static DateTimeOffset? TimeOf(Guid id)
    {
        if (id.Version != 7)
            return null;
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
        // DateTimeOffset ends with the year 9999; a UUIDv7 does not.
        return milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? null : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }

    /// <summary>The least id of a time.</summary>
    public static Guid Floor(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)Math.Max(0, time.ToUnixTimeMilliseconds()) << 16);
        return new Guid(bytes, bigEndian: true);
    }
}
