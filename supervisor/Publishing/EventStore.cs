using Npgsql;
using NpgsqlTypes;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Publishing;

/// <summary>Events of tenants. Not Dapper: the statement travels with the tenant's setting in one message.</summary>
internal sealed class EventStore(Db db)
{
    /// <summary>Keeps an event; one of the same source and id is kept as it was.</summary>
    public Task AddAsync(Guid tenantId, PublishedEvent published, CancellationToken cancellationToken)
    {
        var command = new NpgsqlBatchCommand(
            """
            insert into sandbox.events (tenant_id, id, source, event_id, type, subject, payload, execution_id, depth)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict (tenant_id, source, event_id) do nothing
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = tenantId },
                new NpgsqlParameter<Guid> { TypedValue = published.Id },
                new NpgsqlParameter<string> { TypedValue = published.Source },
                new NpgsqlParameter<string> { TypedValue = published.EventId },
                new NpgsqlParameter<string> { TypedValue = published.Type },
                new NpgsqlParameter { Value = (object?)published.Subject ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                new NpgsqlParameter<string> { TypedValue = published.Payload, NpgsqlDbType = NpgsqlDbType.Json },
                new NpgsqlParameter<Guid> { TypedValue = published.ExecutionId },
                new NpgsqlParameter<int> { TypedValue = published.Depth },
            },
        };
        return db.AsTenantAsync(tenantId, command, static _ => true, cancellationToken);
    }
}
