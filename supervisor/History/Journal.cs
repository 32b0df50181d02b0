using System.Buffers;
using System.Globalization;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.History;

/// <summary>
/// What began and what ended, in files, before anybody is told: a kill -9 of the supervisor loses none of it. No fsync: what
/// write(2) took is the kernel's, and outlives the process; a power cut may take the last seconds that were not in the database yet.
/// </summary>
internal sealed class Journal : IDisposable
{
    /// <summary>Where a finished execution's records lie, to be settled once it is stored.</summary>
    internal readonly record struct Ticket(JournalFile? Start, JournalFile? End);

    private const int BufferBytesKept = 1024 * 1024;
    private const string Pattern = "journal-*.log";

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _scratch;

    private readonly string _directory;
    private readonly long _fileBytesMax;
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, JournalFile> _running = [];
    private JournalFile? _current;
    private long _next;

    public Journal(string directory, long fileBytesMax = 32 * 1024 * 1024)
    {
        _directory = Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        _fileBytesMax = fileBytesMax;
        _ = Task.Run(JournalCodec.Warm);
        _next = Left().Select(NumberOf).DefaultIfEmpty(0).Max() + 1;
    }

    public string DirectoryPath => _directory;

    /// <summary>Files of an earlier process, oldest first; asked before anything is appended.</summary>
    public IReadOnlyList<string> Left() =>
        [.. Directory.EnumerateFiles(_directory, Pattern).OrderBy(NumberOf).ThenBy(path => path, StringComparer.Ordinal)];

    /// <summary>Returns once the kernel has it. A second start of the same execution replaces the first.</summary>
    /// <exception cref="IOException">It could not be written (a full disk): the execution must not run.</exception>
    public void Started(ExecutionRecord record)
    {
        var buffer = Scratch();
        JournalCodec.WriteStarted(buffer, record.AsBegun());
        lock (_lock)
        {
            var file = Append(buffer.WrittenSpan);
            if (_running.TryGetValue(record.Execution.Id, out var before)) before.Settle();
            _running[record.Execution.Id] = file;
        }
    }

    /// <summary>Returns once the kernel has it.</summary>
    public Ticket Finished(ExecutionRecord record)
    {
        var buffer = Scratch();
        JournalCodec.WriteFinished(buffer, record.AsKept());
        lock (_lock)
        {
            _running.Remove(record.Execution.Id, out var start);
            try
            {
                return new Ticket(start, Append(buffer.WrittenSpan));
            }
            catch (IOException)
            {
                // Its start stays unsettled until the row is stored.
                if (start is not null)
                    _running[record.Execution.Id] = start;
                throw;
            }
        }
    }

    /// <summary>The start of an execution whose end could not be written.</summary>
    public Ticket TicketOfStart(Guid id)
    {
        lock (_lock)
            return _running.Remove(id, out var start) ? new Ticket(start, null) : default;
    }

    /// <summary>These are in the database.</summary>
    public void Settle(IEnumerable<Ticket> tickets)
    {
        lock (_lock)
        {
            foreach (var (start, end) in tickets)
            {
                start?.Settle();
                end?.Settle();
            }
        }
    }

    /// <summary>Files whose records are all stored go; what is left is for the next start.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _current?.Close();
            _current = null;
        }
    }

    private JournalFile Append(ReadOnlySpan<byte> record)
    {
        if (_current is { } full && full.Length >= _fileBytesMax)
        {
            _current = null;
            full.Close();
        }

        _current ??= new JournalFile(Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"journal-{_next++:d12}.log")));
        _current.Append(record);
        return _current;
    }

    private static ArrayBufferWriter<byte> Scratch()
    {
        // A 10 MB output once must not stay with every thread.
        if (_scratch is null || _scratch.Capacity > BufferBytesKept)
            _scratch = new ArrayBufferWriter<byte>(4096);
        return _scratch;
    }

    private static long NumberOf(string path) =>
        long.TryParse(Path.GetFileNameWithoutExtension(path)["journal-".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
