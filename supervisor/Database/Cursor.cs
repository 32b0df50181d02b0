using System.Buffers.Text;
using System.Text;

namespace Sandbox.Supervisor.Database;

/// <summary>Where a page ended, opaque to whoever carries it.</summary>
internal static class Cursor
{
    public static string Of(Guid id) => Base64Url.EncodeToString(id.ToByteArray(bigEndian: true));

    public static string Of(string key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key));

    /// <summary>Null where it is none of ours.</summary>
    public static Guid? ReadId(string cursor) =>
        Decode(cursor) is { Length: 16 } bytes ? new Guid(bytes, bigEndian: true) : null;

    /// <inheritdoc cref="ReadId" />
    public static string? ReadKey(string cursor) =>
        Decode(cursor) is { } bytes && !bytes.AsSpan().Contains((byte)0) ? Encoding.UTF8.GetString(bytes) : null;

    private static byte[]? Decode(string cursor)
    {
        if (cursor.Length > 1_000 || !Base64Url.IsValid(cursor))
            return null;
        return Base64Url.DecodeFromChars(cursor);
    }
}
