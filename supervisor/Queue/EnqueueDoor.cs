using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Queue;

/// <summary>The Enqueue door: what is accepted is in the database, and the dispatchers are told.</summary>
internal sealed class EnqueueDoor(QueueStore store, OnceKeyStore keys, QueueLevels levels, NewWork work)
{
    /// <summary>Why the tenant may not enqueue so many more; null: it may.</summary>
    public Problem? Refusal(Guid tenantId, int count = 1) => levels.Refusal(tenantId, count);

    /// <summary>Returns once they are committed.</summary>
    public async Task EnqueueAsync(IReadOnlyList<QueueItem> items, CancellationToken cancellationToken)
    {
        await store.AddAsync(items, cancellationToken);
        foreach (var ofTenant in items.CountBy(item => item.TenantId)) levels.Accepted(ofTenant.Key, ofTenant.Value);
        work.Tell();
    }

    /// <summary>Enqueues the item unless the script had the key within the last seven days; the execution that the key stands for.</summary>
    public async Task<Guid> EnqueueOnceAsync(QueueItem item, string key, CancellationToken cancellationToken)
    {
        var execution = await keys.AddAsync(item, key, cancellationToken);
        if (execution == item.ExecutionId) levels.Accepted(item.TenantId, 1);
        work.Tell();
        return execution;
    }
}
