using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Events;

/// <summary>Events for those who need a permission.</summary>
internal sealed class EventService(EventDoor door, EventReadStore store, TimeProvider time) : IEvents
{
    public async Task<Result<EventsAccepted>> PublishAsync(
        Principal principal, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.EventsPublish);
        if ((tenant.Problem ?? door.Refusal(tenant.Value)) is { } refused) return refused;
        var now = time.GetUtcNow();
        var published = events.Select(e => Published(e, now)).ToArray();
        var added = await door.PublishAsync(tenant.Value, published, cancellationToken);
        return new EventsAccepted(
            [.. published.Where(e => added.Contains(e.Id)).Select(e => e.EventId)],
            [.. published.Where(e => !added.Contains(e.Id)).Select(e => e.EventId)]);
    }

    public async Task<Result<Page<DomainEvent>>> ListAsync(
        Principal principal, EventQuery query, PageRequest page, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.ExecutionsRead);
        return tenant.Problem is { } refused ? refused : await store.ListAsync(tenant.Value, query, page, cancellationToken);
    }

    public async Task<Result<DomainEvent>> GetAsync(Principal principal, Guid id, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.ExecutionsRead);
        if (tenant.Problem is { } refused) return refused;
        var found = await store.GetAsync(tenant.Value, id, cancellationToken);
        return found is not null ? found : Problem.NotFound($"There is no event {id}.");
    }

    private static PublishedEvent Published(NewEvent e, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), e.Source, e.EventId, e.Type, e.Payload.Text)
        {
            Subject = e.Subject,
            Time = e.Time,
            Attributes = e.Attributes?.Text,
            TraceParent = e.TraceParent?.Child(),
        };
}
