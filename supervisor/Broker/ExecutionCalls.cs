using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Broker;

/// <summary>All that the broker knows of one execution, whichever of its invocations called: counts, the call log, labels. Thread-safe.</summary>
internal sealed class ExecutionCalls(RunRequest request, ScriptLimits limits, long startedTimestamp, SecretMask mask)
{
    /// <summary>Calls that are kept in the log; the count goes on.</summary>
    private const int RecordsMax = 10_000;

    private readonly Lock _gate = new();
    private readonly List<CallRecord> _records = [];
    private long _rows;
    private int _made;
    private volatile bool _hasChanged;

    public RunRequest Request { get; } = request;

    public ScriptLimits Limits { get; } = limits;

    /// <summary>Monotonic.</summary>
    public long StartedTimestamp { get; } = startedTimestamp;

    /// <summary>The secrets it was given.</summary>
    public SecretMask Mask { get; } = mask;

    /// <summary>Calls so far, those that were refused included.</summary>
    public int Made => Volatile.Read(ref _made);

    /// <summary>It may have changed something outside: it is not run again.</summary>
    public bool HasChanged => _hasChanged;

    public IReadOnlyList<CallRecord> Records
    {
        get { lock (_gate) return _records.Count == 0 ? [] : [.. _records]; }
    }

    /// <summary>Counts one; false where it is one too many.</summary>
    public bool TryCount()
    {
        if (Interlocked.Increment(ref _made) <= Limits.Calls) return true;
        Interlocked.Decrement(ref _made);
        return false;
    }

    /// <summary>Rows that its calls gave or changed.</summary>
    public long Rows => Interlocked.Read(ref _rows);

    public void CountRows(int rows) => Interlocked.Add(ref _rows, rows);

    public void Changing() => _hasChanged = true;

    public void Add(CallRecord record)
    {
        lock (_gate)
        {
            if (_records.Count < RecordsMax) _records.Add(record);
        }
    }
}
