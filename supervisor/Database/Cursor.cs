using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Sandbox.Supervisor.Database;

/// <summary>Where a page ended, opaque to whoever carries it.</summary>
internal static class Cursor
{
    public static string Of(Guid id) => Base64Url.EncodeToString(id.ToByteArray(bigEndian: true));

    public static string Of(string key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key));

    /// <exception cref="UnreadableCursorException">It is none of ours.</exception>
    public static Guid ReadId(string cursor) =>
        Decode(cursor) is { Length: 16 } bytes ? new Guid(bytes, bigEndian: true) : throw new UnreadableCursorException();

    /// <inheritdoc cref="ReadId" />
    public static string ReadKey(string cursor) =>
        Decode(cursor) is { } bytes && !bytes.AsSpan().Contains((byte)0) ? Encoding.UTF8.GetString(bytes) : throw new UnreadableCursorException();

    /// <inheritdoc cref="ReadId" />
    public static int ReadNumber(string cursor) =>
        int.TryParse(ReadKey(cursor), CultureInfo.InvariantCulture, out var number) ? number : throw new UnreadableCursorException();

    private static byte[]? Decode(string cursor)
    {
        if (cursor.Length > 1_000 || !Base64Url.IsValid(cursor))
            return null;
        return Base64Url.DecodeFromChars(cursor);
    }
}

/// <summary>A cursor that was not given by a list of the same kind. The caller's mistake.</summary>
internal sealed class UnreadableCursorException() : Exception("The cursor is none that this list gave.");
