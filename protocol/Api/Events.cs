namespace Sandbox.Protocol.Api;

/// <summary>A domain event of a tenant, as it is stored.</summary>
public sealed record DomainEvent
{
    /// <summary>Ours, UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The publisher's id: <c>context.trigger.eventId</c>. One of each source is stored once.</summary>
    public required string EventId { get; init; }

    public required string Source { get; init; }
    public required string Type { get; init; }
    public string? Subject { get; init; }

    /// <summary>When it happened, as the publisher says; else when it was stored.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What its scripts get as <c>context.trigger.eventPayload</c>; null in a list.</summary>
    public RawJson? Payload { get; init; }

    /// <summary>JSON object of its other CloudEvents attributes; null: none.</summary>
    public RawJson? Attributes { get; init; }

    /// <summary>The execution that published it; null: none did.</summary>
    public Guid? ExecutionId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its deliveries were made; null: not yet.</summary>
    public DateTimeOffset? RoutedAt { get; init; }

    /// <summary>One for each script that listens to it; null in a list.</summary>
    public IReadOnlyList<Delivery>? Deliveries { get; init; }
}

/// <summary>An event for one script.</summary>
/// <param name="Id">UUIDv7; <c>context.idempotencyKey</c> of every attempt.</param>
/// <param name="ScriptName">When it was made.</param>
/// <param name="Attempts">The number of the attempt that waits, runs or was the last.</param>
/// <param name="ExecutionId">That attempt; null: a newer event took its place.</param>
public sealed record Delivery(
    Guid Id,
    Guid ScriptId,
    string ScriptName,
    DeliveryState State,
    int Attempts,
    Guid? ExecutionId,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt);

/// <summary>An event that is to be published.</summary>
/// <param name="EventId">1 to 500 characters.</param>
/// <param name="Source">1 to 500 characters.</param>
/// <param name="Type">1 to 200 printable characters.</param>
/// <param name="Payload">At most 1 MB, 500 levels.</param>
public sealed record NewEvent(string EventId, string Source, string Type, RawJson Payload)
{
    public string? Subject { get; init; }

    /// <summary>When it happened; null: now.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>JSON object; null: none.</summary>
    public RawJson? Attributes { get; init; }

    /// <summary>The trace that its executions continue; null: none.</summary>
    public TraceParent? TraceParent { get; init; }
}

/// <summary>What became of events that were published, by the publisher's ids.</summary>
/// <param name="Accepted">Those that are stored now.</param>
/// <param name="Duplicates">Those that were stored before, and are not run twice.</param>
public sealed record EventsAccepted(IReadOnlyList<string> Accepted, IReadOnlyList<string> Duplicates);

/// <summary>Which events to list; null: any.</summary>
public sealed record EventQuery
{
    public string? Type { get; init; }
    public string? Source { get; init; }
    public string? EventId { get; init; }
    public DateTimeOffset? From { get; init; }
    public DateTimeOffset? To { get; init; }
}

/// <summary>
/// Events of a tenant. To publish asks for <see cref="Permissions.EventsPublish"/>, to read for <see cref="Permissions.ExecutionsRead"/>.
/// </summary>
public interface IEvents
{
    /// <summary>Returns once all are stored, or none is.</summary>
    Task<Result<EventsAccepted>> PublishAsync(Principal principal, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    Task<Result<Page<DomainEvent>>> ListAsync(Principal principal, EventQuery query, PageRequest page, CancellationToken cancellationToken);

    /// <summary>With its deliveries; 404 where there is none.</summary>
    Task<Result<DomainEvent>> GetAsync(Principal principal, Guid id, CancellationToken cancellationToken);
}
