using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Queue;

namespace Sandbox.Supervisor.Events;

/// <summary>What is published is in the database, and the routers are told.</summary>
internal sealed class EventDoor(EventStore store, RouterSignal signal, QueueLevels levels, NewWork work)
{
    /// <summary>Why the tenant may publish no more: too much of it waits already. Null: it may.</summary>
    public Problem? Refusal(Guid tenantId) => levels.Refusal(tenantId);

    /// <summary>Returns once they are committed. Gives the ids of those that are new.</summary>
    public async Task<HashSet<Guid>> PublishAsync(Guid tenantId, IReadOnlyList<PublishedEvent> events, CancellationToken cancellationToken)
    {
        var added = await store.AddAsync(tenantId, events, cancellationToken);
        if (added.Count == 0) return added;
        signal.Set();
        work.Tell();
        return added;
    }
}
