using System.Text;
using Sandbox.Protocol.Rpc;
using Sandbox.Protocol.Text;

namespace Sandbox.Worker.Logs;

/// <summary>The log of one invocation up to its limits, where a marker ends it. Used by whoever is in its isolate; <see cref="Take"/> by the link.</summary>
internal sealed class InvocationLog(InvocationRequest limits)
{
    private const int Warn = 2;
    private const string CutMark = " [cut]";
    private readonly Lock _gate = new();
    private List<WorkerLogLine> _waiting = [];
    private int _lines;
    private int _bytes;
    private WorkerProgress? _progress;
    private Dictionary<string, string>? _labels;
    private bool _labelsChanged;

    /// <summary>Bytes of the script's lines.</summary>
    public int Bytes => _bytes;

    /// <summary>The script's part is over its limit.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Something was ever said, so the answer must not overtake it.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>Its turn in the link's queue is still to come. Guarded by the link.</summary>
    public bool IsQueued { get; set; }

    public void Add(int level, string message, string? metadata, long unixMicroseconds)
    {
        if (IsFull) return;
        var room = limits.LogBytesMax - _bytes;
        var cut = JsonText.Cut(message, Math.Min(limits.LogLineBytesMax, room));
        if (cut.Length < message.Length && room > CutMark.Length) cut = JsonText.Cut(message, Math.Min(limits.LogLineBytesMax, room) - CutMark.Length) + CutMark;
        var bytes = Encoding.UTF8.GetByteCount(cut);
        if (metadata is not null)
        {
            var more = Encoding.UTF8.GetByteCount(metadata);
            if (bytes + more > Math.Min(limits.LogLineBytesMax, room))
            {
                metadata = "\"[cut]\"";
                more = metadata.Length;
            }

            bytes += more;
        }

        if (_lines >= limits.LogLinesMax || room <= 0)
        {
            IsFull = true;
            var which = _lines >= limits.LogLinesMax ? $"{limits.LogLinesMax} lines" : $"{limits.LogBytesMax} bytes";
            Append(new WorkerLogLine(unixMicroseconds, Warn, JsonText.Encode($"The log is cut here: it has reached its limit of {which}"), null));
            return;
        }

        _lines++;
        _bytes += Math.Max(bytes, 1);
        Append(new WorkerLogLine(unixMicroseconds, level, JsonText.Encode(cut), metadata));
    }

    /// <summary>A line of the worker's own; it has room whatever the script wrote.</summary>
    public void Remark(string message, long unixMicroseconds) => Append(new WorkerLogLine(unixMicroseconds, Warn, JsonText.Encode(message), null));

    /// <summary>The latest progress; one that was not sent yet is left out.</summary>
    public void SetProgress(WorkerProgress progress)
    {
        lock (_gate) _progress = progress;
        IsUsed = true;
    }

    /// <summary>A label, which replaces the one of the same key.</summary>
    public void SetLabel(string key, string value)
    {
        lock (_gate)
        {
            (_labels ??= [])[key] = value;
            _labelsChanged = true;
        }

        IsUsed = true;
    }

    /// <summary>What was not sent yet. Labels come all together, where one has changed.</summary>
    public (IReadOnlyList<WorkerLogLine> Lines, WorkerProgress? Progress, IReadOnlyList<WorkerLabel>? Labels) Take()
    {
        lock (_gate)
        {
            IReadOnlyList<WorkerLabel>? labels = _labelsChanged ? [.. _labels!.Select(label => new WorkerLabel(JsonText.Encode(label.Key), JsonText.Encode(label.Value)))] : null;
            var taken = ((IReadOnlyList<WorkerLogLine>)_waiting, _progress, labels);
            _waiting = [];
            _progress = null;
            _labelsChanged = false;
            return taken;
        }
    }

    private void Append(WorkerLogLine line)
    {
        lock (_gate) _waiting.Add(line);
        IsUsed = true;
    }
}
