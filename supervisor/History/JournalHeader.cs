using System.Buffers.Binary;

namespace Sandbox.Supervisor.History;

/// <summary>What each file of the journal begins with: a magic, and the version of its format (4 bytes, little-endian).</summary>
internal static class JournalHeader
{
    /// <summary>1 was the format without a header.</summary>
    public const int FormatVersion = 2;

    public const int Bytes = 12;

    private static ReadOnlySpan<byte> Magic => "SBXJRNL\n"u8;

    public static byte[] Make()
    {
        var header = new byte[Bytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(Magic.Length), FormatVersion);
        return header;
    }

    /// <summary>The version of a file; null where a kill tore its header off, so that there is no record in it.</summary>
    public static int? VersionOf(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        Span<byte> header = stackalloc byte[Bytes];
        var read = header[..file.ReadAtLeast(header, Bytes, throwOnEndOfStream: false)];
        if (!read[..Math.Min(read.Length, Magic.Length)].SequenceEqual(Magic[..Math.Min(read.Length, Magic.Length)]))
            return 1;
        return read.Length < Bytes ? null : BinaryPrimitives.ReadInt32LittleEndian(header[Magic.Length..]);
    }

    /// <exception cref="JournalVersionException">Another version of the product wrote it.</exception>
    public static void Check(string path)
    {
        if (VersionOf(path) is { } version and not FormatVersion)
            throw new JournalVersionException(path, version);
    }
}
