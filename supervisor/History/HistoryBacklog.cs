using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.History;

/// <summary>
/// Finished executions that are not in the database yet. Everything is taken at once; who brings more than fits waits, so that
/// a slow database slows the callers instead of filling the memory. Room is given back when records are stored, not when they are taken.
/// </summary>
internal sealed class HistoryBacklog(int recordsMax, long bytesMax)
{
    /// <param name="Bytes">What it takes in memory, roughly.</param>
    internal sealed record Entry(ExecutionRecord Record, Journal.Ticket Ticket, long Bytes);

    private readonly Lock _lock = new();
    private readonly Queue<Entry> _queue = new();
    private TaskCompletionSource _room = Completed();
    private TaskCompletionSource _any = New();
    private TaskCompletionSource _full = New();
    private int _count;
    private long _bytes;

    /// <summary>Not stored yet, those being stored included.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Entries that make a batch worth storing at once.</summary>
    public int BatchSize { get; init; } = 2_000;

    public long BatchBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Completes when there is room again; at once unless the backlog is full. Cancelling gives up the waiting, not the record.</summary>
    public ValueTask AddAsync(Entry entry, CancellationToken cancellationToken)
    {
        Task room;
        lock (_lock)
        {
            _queue.Enqueue(entry);
            _count++;
            _bytes += entry.Bytes;
            if (IsFull && _room.Task.IsCompleted)
                _room = New();
            _any.TrySetResult();
            if (_queue.Count >= BatchSize || _bytes >= BatchBytes)
                _full.TrySetResult();
            room = _room.Task;
        }

        return room.IsCompleted ? ValueTask.CompletedTask : new ValueTask(room.WaitAsync(cancellationToken));
    }

    /// <summary>Waits for a record, then a while for more to come with it.</summary>
    public async Task WaitAsync(TimeSpan linger, TimeProvider time, CancellationToken cancellationToken)
    {
        await _any.Task.WaitAsync(cancellationToken);
        try
        {
            await _full.Task.WaitAsync(linger, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // What has come is the batch.
        }
    }

    /// <summary>The oldest, at most a batch; empty where there is nothing.</summary>
    public List<Entry> Take()
    {
        lock (_lock)
        {
            var batch = new List<Entry>(Math.Min(_queue.Count, BatchSize));
            for (long bytes = 0; batch.Count < BatchSize && bytes < BatchBytes && _queue.TryDequeue(out var entry); bytes += entry.Bytes)
                batch.Add(entry);
            if (_queue.Count == 0)
                _any = New();
            if (_queue.Count < BatchSize)
                _full = New();
            return batch;
        }
    }

    /// <summary>These are stored.</summary>
    public void Release(List<Entry> batch)
    {
        lock (_lock)
        {
            _count -= batch.Count;
            foreach (var entry in batch)
                _bytes -= entry.Bytes;
            if (!IsFull)
                _room.TrySetResult();
        }
    }

    public static long BytesOf(ExecutionRecord record)
    {
        var execution = record.Execution;
        var characters = execution.Trigger.ToString().Length + (execution.Input?.Text?.Length ?? 0) + (execution.Output?.Text?.Length ?? 0);
        foreach (var line in record.Logs)
            characters += line.Message.Length + (line.Metadata?.Text?.Length ?? 0) + 50;
        foreach (var call in record.Calls)
            characters += call.Capability.Length + call.Summary.Length + 60;
        return 1_000 + (characters * 2L);
    }

    private bool IsFull => _count > recordsMax || _bytes > bytesMax;

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource Completed()
    {
        var source = New();
        source.SetResult();
        return source;
    }
}
