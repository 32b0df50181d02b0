using Npgsql;
using NpgsqlTypes;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Queue;

namespace Sandbox.Supervisor.Events;

/// <summary>Stores events as their tenant. Not Dapper: the statement travels with the tenant's setting in one message.</summary>
internal sealed class EventStore(Db db)
{
    private const string Insert = """
        with given as materialized (
            select e.*, nextval('sandbox.event_sequence') as sequence
            from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as e (
                id, source, event_id, type, subject, time, payload, attributes, trace_parent, execution_id, depth)),
        added as (
            insert into sandbox.events (
                tenant_id, id, source, event_id, type, subject, time, payload, bytes, attributes, trace_parent, execution_id, depth, sequence)
            select $1, e.id, e.source, e.event_id, e.type, e.subject, e.time, e.payload, octet_length(e.payload::text), e.attributes,
                e.trace_parent, e.execution_id, e.depth, e.sequence
            from given e
            -- Written in one order by all, or two batches with the same events could wait for each other. Their sequence is the publisher's.
            order by e.source, e.event_id
            on conflict (tenant_id, source, event_id) do nothing
            returning id
        )
        select coalesce(array_agg(id), '{}') from added
        """;

    /// <summary>Stores all or none; an event whose source and id are there stays as it was. Gives the ids of the new ones.</summary>
    public async Task<HashSet<Guid>> AddAsync(Guid tenantId, IReadOnlyList<PublishedEvent> events, CancellationToken cancellationToken)
    {
        var command = new NpgsqlBatchCommand(Insert)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = tenantId },
                QueueColumns.Of(NpgsqlDbType.Uuid, events, e => e.Id),
                QueueColumns.Of(NpgsqlDbType.Text, events, e => e.Source),
                QueueColumns.Of(NpgsqlDbType.Text, events, e => e.EventId),
                QueueColumns.Of(NpgsqlDbType.Text, events, e => e.Type),
                QueueColumns.Of(NpgsqlDbType.Text, events, e => e.Subject),
                QueueColumns.Of(NpgsqlDbType.TimestampTz, events, e => e.Time?.UtcDateTime),
                QueueColumns.Of(NpgsqlDbType.Json, events, e => StoredText.EncodeJson(e.Payload)),
                QueueColumns.Of(NpgsqlDbType.Json, events, e => e.Attributes is { } attributes ? StoredText.EncodeJson(attributes) : null),
                QueueColumns.Of(NpgsqlDbType.Text, events, e => e.TraceParent),
                QueueColumns.Of(NpgsqlDbType.Uuid, events, e => e.ExecutionId),
                QueueColumns.Of(NpgsqlDbType.Integer, events, e => e.Depth),
            },
        };
        return [.. await db.AsTenantAsync(tenantId, command, static row => row.GetFieldValue<Guid[]>(0), cancellationToken)];
    }
}
