using System.Runtime.CompilerServices;
using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Rpc;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Broker;
using LogLevel = Sandbox.Protocol.Api.LogLevel;

namespace Sandbox.Supervisor.Executions;

/// <summary>
/// The log of a running execution, cut to its limits whatever the worker sends, and followed by whoever watches.
/// Limits as in 5-limits: 1,000 lines, 256 KB, a line 8 KB.
/// </summary>
internal sealed class LogBuffer
{
    private const int LinesMax = 1_000;
    private const int BytesMax = 256 * 1024;
    private const int LineBytesMax = 8 * 1024;

    /// <summary>What the worker puts at the end of a line that it has cut.</summary>
    private const string CutMark = " [cut]";

    // The worker cuts by the same limits and adds its marker; the slack is for that and for JSON's escapes.
    private const int LiteralMax = (LineBytesMax * 6) + 256;
    private const int MetadataMax = LineBytesMax * 6;

    private readonly Lock _gate = new();
    private readonly List<LogLine> _lines = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _bytes;
    private bool _cut;
    private bool _closed;

    /// <summary>All lines so far.</summary>
    public IReadOnlyList<LogLine> Lines
    {
        get { lock (_gate) return _lines.Count == 0 ? [] : [.. _lines]; }
    }

    /// <summary>No line comes any more.</summary>
    public bool IsClosed
    {
        get { lock (_gate) return _closed; }
    }

    /// <summary>What was used of the limits: lines and bytes.</summary>
    public (int Lines, int Bytes, bool Cut) Used
    {
        get { lock (_gate) return (_lines.Count, _bytes, _cut); }
    }

    private bool IsCut
    {
        get { lock (_gate) return _cut || _closed; }
    }

    /// <summary>Takes a worker's lines; false where they are malformed. What would be cut is not even decoded.</summary>
    /// <param name="mask">Of the secrets that the execution was given; null: none.</param>
    public bool Append(IReadOnlyList<WorkerLogLine> lines, DateTimeOffset notBefore, DateTimeOffset notAfter, SecretMask? mask = null)
    {
        foreach (var line in lines)
        {
            if (IsCut) return true;
            if (line is null || line.Message is null || line.Message.Length > LiteralMax || line.Metadata?.Length > MetadataMax) return false;
            if (line.Level is < 0 or > 3 || JsonText.Decode(line.Message) is not { } message) return false;
            if (line.Metadata is not null && !JsonText.IsValid(line.Metadata)) return false;
            var at = DateTimeOffset.UnixEpoch.AddMicroseconds(Math.Clamp(line.UnixMicroseconds, 0, 253_402_300_799_000_000));
            var metadata = line.Metadata;
            if (mask is not null) (message, metadata) = (Masked(mask, message), metadata is null ? null : mask.ApplyToJson(metadata));
            Append(at < notBefore ? notBefore : at > notAfter ? notAfter : at, (LogLevel)line.Level, message, metadata is null ? null : new RawJson(metadata));
        }

        return true;
    }

    private static string Masked(SecretMask mask, string message) => message.EndsWith(CutMark, StringComparison.Ordinal)
        ? mask.Apply(message[..^CutMark.Length], wasCut: true) + CutMark
        : mask.Apply(message, wasCut: false);

    /// <summary>Adds a line; past the limits one marker and nothing more.</summary>
    public void Append(DateTimeOffset at, LogLevel level, string message, RawJson? metadata = null)
    {
        lock (_gate)
        {
            if (_cut || _closed) return;
            _bytes += Encoding.UTF8.GetByteCount(message) + (metadata?.Text.Length ?? 0);
            if (_lines.Count >= LinesMax + 1 || _bytes > BytesMax + LineBytesMax)
            {
                _cut = true;
                (message, level, metadata) = ("The log is cut here: 1,000 lines or 256 KB are kept.", LogLevel.Warn, null);
            }

            _lines.Add(new LogLine(_lines.Count + 1, at, level, message, metadata));
            Signal();
        }
    }

    /// <summary>No line comes any more; followers end.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Signal();
        }
    }

    public async IAsyncEnumerable<LogLine> FollowAsync(int afterSeq, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var next = Math.Max(0, afterSeq); ;)
        {
            LogLine[] batch;
            Task changed;
            bool closed;
            lock (_gate)
            {
                batch = next < _lines.Count ? [.. _lines.Skip(next)] : [];
                (changed, closed) = (_changed.Task, _closed);
            }

            foreach (var line in batch) yield return line;
            next += batch.Length;
            if (closed) yield break;
            if (batch.Length == 0) await changed.WaitAsync(cancellationToken);
        }
    }

    private void Signal()
    {
        if (_changed.Task.IsCompleted) return;
        _changed.SetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
