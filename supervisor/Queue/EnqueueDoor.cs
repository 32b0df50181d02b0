namespace Sandbox.Supervisor.Queue;

/// <summary>The Enqueue door: what is accepted is in the database, and the dispatchers are told.</summary>
internal sealed class EnqueueDoor(QueueStore store, OnceKeyStore keys, NewWork work)
{
    /// <summary>Returns once they are committed.</summary>
    public async Task EnqueueAsync(IReadOnlyList<QueueItem> items, CancellationToken cancellationToken)
    {
        await store.AddAsync(items, cancellationToken);
        work.Tell();
    }

    /// <summary>Enqueues the item unless the script had the key within the last seven days; the execution that the key stands for.</summary>
    public async Task<Guid> EnqueueOnceAsync(QueueItem item, string key, CancellationToken cancellationToken)
    {
        var execution = await keys.AddAsync(item, key, cancellationToken);
        work.Tell();
        return execution;
    }
}
