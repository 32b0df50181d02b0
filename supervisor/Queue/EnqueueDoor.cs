namespace Sandbox.Supervisor.Queue;

/// <summary>The Enqueue door: what is accepted is in the database, and the dispatchers are told.</summary>
internal sealed class EnqueueDoor(QueueStore store, NewWork work)
{
    /// <summary>Returns once they are committed.</summary>
    public async Task EnqueueAsync(IReadOnlyList<QueueItem> items, CancellationToken cancellationToken)
    {
        await store.AddAsync(items, cancellationToken);
        work.Tell();
    }
}
