using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Queue;

/// <summary>One attempt of a durable execution, as it waits.</summary>
internal sealed record QueueItem
{
    public required Guid TenantId { get; init; }

    /// <summary>UUIDv7. Its time is that of the run, so that history keeps it with that day.</summary>
    public required Guid ExecutionId { get; init; }

    public required Guid ScriptId { get; init; }
    public required string ScriptName { get; init; }
    public required ScriptKind Kind { get; init; }

    /// <summary>The live version when it was accepted; with <see cref="Pinned"/> the one that runs.</summary>
    public required int Version { get; init; }

    public bool Pinned { get; init; }
    public required TriggerType TriggerType { get; init; }

    /// <summary><c>context.trigger</c> as it may be shown.</summary>
    public required RawJson Trigger { get; init; }

    /// <summary>The same as the script gets it, encrypted by <see cref="TriggerSeal"/>; null: as it is shown.</summary>
    public byte[]? SealedTrigger { get; init; }

    public RawJson Input { get; init; } = RawJson.Null;
    public required Cause Cause { get; init; }
    public Guid? UserId { get; init; }
    public Guid? OrganizationId { get; init; }

    /// <summary>From 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The same on every attempt.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>Whom its end is told: the <see cref="IQueueOrigin.Name"/> and the id of what it serves.</summary>
    public (string Name, Guid Id)? Origin { get; init; }

    public Guid? ReplayOf { get; init; }

    /// <summary>Causes before it.</summary>
    public int Depth { get; init; }

    public string? TraceParent { get; init; }

    /// <summary>One at a time and in order among those of the script with the same key.</summary>
    public string? OrderKey { get; init; }

    /// <summary>Its place in that order; null: behind all that are there.</summary>
    public long? Sequence { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Not before; null: at once.</summary>
    public DateTimeOffset? DueAt { get; init; }
}

/// <summary>An attempt that this node has in hand.</summary>
/// <param name="Token">Every later statement names it. Whoever takes the attempt over has another one.</param>
/// <param name="Waited">Since it was due.</param>
/// <param name="Checkpoint"><c>{version, value}</c>; null: none.</param>
internal sealed record ClaimedItem(QueueItem Item, long Token, TimeSpan Waited, RawJson? Checkpoint);
