using System.Buffers.Binary;

namespace Sandbox.Supervisor.History;

/// <summary>Reads a file of the journal up to its end, or to the record that a kill tore.</summary>
internal static class JournalReader
{
    /// <summary>The records behind the header in order, and how many bytes at the end are none.</summary>
    public static IEnumerable<(ExecutionRecord Record, bool Ended)> Read(string path, Action<long> torn)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 256 * 1024, FileOptions.SequentialScan);
        var frame = new byte[JournalCodec.FrameBytes];
        if (file.Length < JournalHeader.Bytes)
        {
            if (file.Length > 0)
                torn(file.Length);
            yield break;
        }

        file.Position = JournalHeader.Bytes;
        while (true)
        {
            var at = file.Position;
            if (file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) < frame.Length)
            {
                if (file.Length > at)
                    torn(file.Length - at);
                yield break;
            }

            var length = BinaryPrimitives.ReadInt32LittleEndian(frame);
            if (length <= 0 || length > file.Length - file.Position || ReadBody(file, length, BinaryPrimitives.ReadUInt32LittleEndian(frame.AsSpan(4))) is not { } record)
            {
                torn(file.Length - at);
                yield break;
            }

            yield return record;
        }
    }

    private static (ExecutionRecord Record, bool Ended)? ReadBody(FileStream file, int length, uint checksum)
    {
        var body = new byte[length];
        file.ReadExactly(body);
        if (JournalCodec.Checksum(body) != checksum)
            return null;
        try
        {
            return JournalCodec.Read(body);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
