using Sandbox.Supervisor.Queue;

namespace Sandbox.Supervisor.Events;

/// <summary>An event for one script, with its first attempt.</summary>
/// <param name="Debounces">It takes the place of a delivery of the same script and key that waits.</param>
internal sealed record NewDelivery(Guid Id, Guid EventId, QueueItem Item, bool Debounces)
{
    /// <summary>A newer event of the same batch has taken its place: it is kept, and not enqueued.</summary>
    public bool IsReplaced { get; init; }

    /// <summary>What it is in a batch; null: it is delivered alone.</summary>
    public BatchPart? Part { get; init; }

    /// <summary>The batch that it joined; null: it is delivered alone.</summary>
    public Guid? BatchId { get; init; }
}
