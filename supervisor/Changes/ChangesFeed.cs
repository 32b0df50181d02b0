namespace Sandbox.Supervisor.Changes;

/// <summary>
/// Brings the changes of all nodes, in the order of their commits, to whatever this node keeps in memory. Nothing else puts anything
/// there: a write on this node waits for <see cref="CatchUpAsync"/> before it is answered.
/// </summary>
internal sealed class ChangesFeed(ChangeStore store, IEnumerable<IChangeSubscriber> subscribers, TimeProvider time, ILogger<ChangesFeed> logger) : IDisposable
{
    /// <summary>Rows are kept for an hour. A node that read nothing for longer than this reads everything again.</summary>
    private static readonly TimeSpan s_reloadAfter = TimeSpan.FromMinutes(30);

    private readonly IChangeSubscriber[] _subscribers = [.. subscribers];
    private readonly SemaphoreSlim _one = new(1);
    private readonly List<(long Sequence, TaskCompletionSource Reached)> _waiters = [];
    private long _roundsStarted;
    private long _lastGoodRound;
    private long? _sequence;
    private long _readAt;

    /// <summary>Reads everything anew.</summary>
    public Task ReloadAsync(CancellationToken cancellationToken) => RoundAsync(reload: true, cancellationToken);

    /// <summary>Returns when whatever was committed before the call is in this node's memory.</summary>
    public Task CatchUpAsync(CancellationToken cancellationToken) => RoundAsync(reload: false, cancellationToken);

    /// <summary>
    /// The same after a write of this node. The write is committed, so a database that goes away now does not make it fail: the feed
    /// catches up by itself when it is back.
    /// </summary>
    public async Task CatchUpAfterWriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CatchUpAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            ChangesLog.RoundFailed(logger, e);
        }
    }

    /// <summary>Completes when the change of this sequence is in memory.</summary>
    internal Task ReachedAsync(long sequence)
    {
        lock (_waiters)
        {
            if (_sequence >= sequence) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((sequence, reached));
            return reached.Task;
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task RoundAsync(bool reload, CancellationToken cancellationToken)
    {
        var before = Volatile.Read(ref _roundsStarted);
        await _one.WaitAsync(cancellationToken);
        try
        {
            // A round that started after this call has read what this call is about.
            if (!reload && _lastGoodRound > before) return;
            var round = ++_roundsStarted;
            if (reload || _sequence is null || time.GetElapsedTime(_readAt) > s_reloadAfter) await ReadAllAsync(cancellationToken);
            await ReadNewAsync(cancellationToken);
            _readAt = time.GetTimestamp();
            _lastGoodRound = round;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        // First where the feed stands, then everything: what changes in between is read twice, not missed.
        var last = await store.LastAsync(cancellationToken);
        foreach (var subscriber in _subscribers) await subscriber.ReloadAsync(cancellationToken);
        Advance(last);
    }

    private async Task ReadNewAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var from = _sequence!.Value;
            var (changes, last) = await store.AfterAsync(from, cancellationToken);
            if (changes.Count == 0) return;
            var distinct = changes.Distinct().ToArray();
            foreach (var subscriber in _subscribers) await subscriber.ApplyAsync(distinct, cancellationToken);
            Advance(last);
            if (changes.Count < ChangeStore.BatchMax) return;
        }
    }

    private void Advance(long sequence)
    {
        lock (_waiters)
        {
            _sequence = sequence;
            foreach (var (_, reached) in _waiters.Where(waiter => waiter.Sequence <= sequence)) reached.SetResult();
            _waiters.RemoveAll(waiter => waiter.Sequence <= sequence);
        }
    }
}
