using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sandbox.Supervisor.History;

/// <summary>Records that the database refused, each in a file beside the journal until a later start gets it stored.</summary>
internal sealed class RejectedRecords(Journal journal)
{
    private const string Pattern = "rejected-*.log";

    /// <summary>All there are.</summary>
    public IReadOnlyList<string> Files() => [.. Directory.EnumerateFiles(journal.DirectoryPath, Pattern).Order(StringComparer.Ordinal)];

    /// <summary>Writes the whole file or none. False where the file cannot be written (a full disk).</summary>
    public bool TryKeep(ExecutionRecord record, out string path, [NotNullWhen(false)] out Exception? exception)
    {
        path = Path.Combine(journal.DirectoryPath, string.Create(CultureInfo.InvariantCulture, $"rejected-{record.Execution.Id}.log"));
        var part = path + ".part";
        var buffer = new ArrayBufferWriter<byte>();
        JournalCodec.WriteFinished(buffer, record.AsKept());
        try
        {
            File.WriteAllBytes(part, [.. JournalHeader.Make(), .. buffer.WrittenSpan]);
            File.Move(part, path, overwrite: true);
            exception = null;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            exception = e;
            Remove(part);
            return false;
        }
    }

    /// <summary>The record in a file; null where it cannot be read.</summary>
    public static ExecutionRecord? Read(string path)
    {
        if (JournalHeader.VersionOf(path) != JournalHeader.FormatVersion)
            return null;
        var records = JournalReader.Read(path, _ => { }).Take(1).ToArray();
        return records.Length == 0 ? null : records[0].Record;
    }

    private static void Remove(string part)
    {
        try
        {
            File.Delete(part);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next attempt writes over it.
        }
    }
}
