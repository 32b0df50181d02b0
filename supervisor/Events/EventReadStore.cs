using Dapper;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Events;

/// <summary>Events and their deliveries for those who look at them, as their tenant.</summary>
internal sealed class EventReadStore(Db db)
{
    /// <summary>Newest first, without payloads.</summary>
    public async Task<Page<DomainEvent>> ListAsync(Guid tenantId, EventQuery query, PageRequest page, CancellationToken cancellationToken)
    {
        const string sql = """
            select id, event_id as EventId, source, type, subject, time, null as payload, null as attributes, execution_id as ExecutionId,
                created_at as CreatedAt, routed_at as RoutedAt
            from sandbox.events
            where tenant_id = @tenantId and (@before::uuid is null or id < @before)
              and (@type::text is null or type = @type) and (@source::text is null or source = @source)
              and (@eventId::text is null or event_id = @eventId)
              and (@from::timestamptz is null or created_at >= @from) and (@to::timestamptz is null or created_at < @to)
            order by id desc limit @take
            """;
        var limit = Math.Clamp(page.Limit, 1, 200);
        var parameters = new
        {
            tenantId,
            before = page.Cursor is null ? (Guid?)null : Cursor.ReadId(page.Cursor),
            type = StoredText.Encode(query.Type),
            source = StoredText.Encode(query.Source),
            eventId = StoredText.Encode(query.EventId),
            from = query.From?.UtcDateTime,
            to = query.To?.UtcDateTime,
            take = limit + 1,
        };
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var command = new CommandDefinition(sql, parameters, cancellationToken: cancellationToken);
        var rows = (await transaction.Connection.QueryAsync<EventRow>(command)).AsList();
        var items = rows.Take(limit).Select(row => row.ToEvent()).ToArray();
        return new Page<DomainEvent>(items, rows.Count > limit ? Cursor.Of(items[^1].Id) : null);
    }

    /// <summary>Null where there is none.</summary>
    public async Task<DomainEvent?> GetAsync(Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        const string one = """
            select id, event_id as EventId, source, type, subject, time, payload, attributes, execution_id as ExecutionId,
                created_at as CreatedAt, routed_at as RoutedAt
            from sandbox.events
            where tenant_id = @tenantId and id = @id
            """;
        const string ofEvent = """
            select id, script_id as ScriptId, script_name as ScriptName, state, attempts, execution_id as ExecutionId,
                created_at as CreatedAt, finished_at as FinishedAt
            from sandbox.deliveries
            where tenant_id = @tenantId and event_id = @id
            order by script_name, id
            """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var row = await transaction.Connection.QuerySingleOrDefaultAsync<EventRow>(
            new CommandDefinition(one, new { tenantId, id }, cancellationToken: cancellationToken));
        if (row is null) return null;
        var deliveries = await transaction.Connection.QueryAsync<DeliveryRow>(
            new CommandDefinition(ofEvent, new { tenantId, id }, cancellationToken: cancellationToken));
        return row.ToEvent() with { Deliveries = [.. deliveries.Select(delivery => delivery.ToDelivery())] };
    }

    private sealed class EventRow
    {
        public required Guid Id { get; init; }
        public required string EventId { get; init; }
        public required string Source { get; init; }
        public required string Type { get; init; }
        public string? Subject { get; init; }
        public DateTime? Time { get; init; }
        public string? Payload { get; init; }
        public string? Attributes { get; init; }
        public Guid? ExecutionId { get; init; }
        public required DateTime CreatedAt { get; init; }
        public DateTime? RoutedAt { get; init; }

        public DomainEvent ToEvent() => new()
        {
            Id = Id,
            EventId = EventId,
            Source = Source,
            Type = Type,
            Subject = Subject,
            Time = new DateTimeOffset(Time ?? CreatedAt),
            Payload = Payload is null ? null : new RawJson(Payload),
            Attributes = Attributes is null ? null : new RawJson(Attributes),
            ExecutionId = ExecutionId,
            CreatedAt = new DateTimeOffset(CreatedAt),
            RoutedAt = RoutedAt is { } routed ? new DateTimeOffset(routed) : null,
        };
    }

    private sealed class DeliveryRow
    {
        public required Guid Id { get; init; }
        public required Guid ScriptId { get; init; }
        public required string ScriptName { get; init; }
        public required string State { get; init; }
        public required int Attempts { get; init; }
        public Guid? ExecutionId { get; init; }
        public required DateTime CreatedAt { get; init; }
        public DateTime? FinishedAt { get; init; }

        public Delivery ToDelivery() => new(
            Id,
            ScriptId,
            ScriptName,
            EnumText<DeliveryState>.Parse(State),
            Attempts,
            ExecutionId,
            new DateTimeOffset(CreatedAt),
            FinishedAt is { } finished ? new DateTimeOffset(finished) : null);
    }
}
