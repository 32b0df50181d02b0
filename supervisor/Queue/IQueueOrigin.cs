using Npgsql;

namespace Sandbox.Supervisor.Queue;

/// <summary>What attempts serve (occurrences of schedules, deliveries of events) and that must know how they ended, in the same transaction.</summary>
internal interface IQueueOrigin
{
    /// <summary>As in <see cref="QueueItem.Origin"/>.</summary>
    string Name { get; }

    /// <summary>Adds the statements that write down these ends to the transaction that settles them.</summary>
    void Settle(NpgsqlBatch batch, IReadOnlyList<QueueEnd> ends);
}
