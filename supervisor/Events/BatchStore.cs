using Npgsql;
using NpgsqlTypes;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Queue;

namespace Sandbox.Supervisor.Events;

/// <summary>Batches that take more events, within the transaction that routes them. Not Dapper: every parameter is a whole column.</summary>
internal static class BatchStore
{
    // A batch that closes is claimed when it is due. Its row is locked until the routing is committed, and claims skip locked rows.
    private const string Open = """
        select b.tenant_id, b.id, b.script_id, b.order_key, b.execution_id, b.events, b.bytes, b.closes_at
        from unnest($1, $2, $3) as n (tenant_id, script_id, order_key)
        join sandbox.event_batches b on b.tenant_id = n.tenant_id and b.script_id = n.script_id and b.order_key is not distinct from n.order_key
        join sandbox.queue q on q.tenant_id = b.tenant_id and q.execution_id = b.execution_id
        where b.closes_at > clock_timestamp() and q.node_id is null
        for update of q
        """;

    // Both texts were written by BatchPlan, so that they end with the bracket of their list.
    private const string Append = """
        update sandbox.queue q
        set input = case when c.events = '' then q.input else (left(q.input::text, -1) || ',' || c.payloads || ']')::json end,
            trigger = case when c.events = '' then q.trigger else (left(q.trigger::text, -2) || ',' || c.events || ']}')::json end,
            depth = greatest(q.depth, c.depth),
            due_at = case when c.closed then clock_timestamp() else q.due_at end
        from unnest($1, $2, $3, $4, $5, $6) as c (tenant_id, execution_id, payloads, events, depth, closed)
        where q.tenant_id = c.tenant_id and q.execution_id = c.execution_id
        """;

    private const string Keep = """
        insert into sandbox.event_batches (tenant_id, id, script_id, order_key, execution_id, events, bytes, closes_at)
        select k.tenant_id, k.id, k.script_id, k.order_key, k.execution_id, k.events, k.bytes, k.closes_at
        from unnest($1, $2, $3, $4, $5, $6, $7, $8) as k (tenant_id, id, script_id, order_key, execution_id, events, bytes, closes_at)
        on conflict (tenant_id, id) do update set events = excluded.events, bytes = excluded.bytes
        """;

    private const string Forget = """
        delete from sandbox.event_batches b
        using unnest($1, $2) as c (tenant_id, id)
        where b.tenant_id = c.tenant_id and b.id = c.id
        """;

    /// <summary>The open batches of the scripts and keys of these deliveries.</summary>
    public static async Task<IReadOnlyList<OpenBatch>> OpenAsync(
        NpgsqlConnection connection, IReadOnlyList<NewDelivery> deliveries, CancellationToken cancellationToken)
    {
        var lines = deliveries
            .Where(delivery => delivery.Part is not null)
            .Select(delivery => (delivery.Item.TenantId, delivery.Item.ScriptId, delivery.Item.OrderKey))
            .Distinct()
            .ToArray();
        if (lines.Length == 0) return [];
        await using var command = new NpgsqlCommand(Open, connection)
        {
            Parameters =
            {
                QueueColumns.Of(NpgsqlDbType.Uuid, lines, line => line.TenantId),
                QueueColumns.Of(NpgsqlDbType.Uuid, lines, line => line.ScriptId),
                QueueColumns.Of(NpgsqlDbType.Text, lines, line => StoredText.Encode(line.OrderKey)),
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var open = new List<OpenBatch>();
        while (await reader.ReadAsync(cancellationToken))
        {
            open.Add(new OpenBatch(
                reader.GetGuid(0),
                reader.GetGuid(1),
                reader.GetGuid(2),
                reader.IsDBNull(3) ? null : StoredText.Decode(reader.GetString(3)),
                reader.GetGuid(4),
                reader.GetInt32(5),
                reader.GetInt64(6),
                reader.GetFieldValue<DateTimeOffset>(7)));
        }

        return open;
    }

    /// <summary>Adds what came to batches that were there, and keeps those that stay open.</summary>
    public static void Fill(NpgsqlBatch batch, IReadOnlyList<BatchChange> changes)
    {
        if (changes.Where(change => !change.IsNew).ToArray() is { Length: > 0 } grown) batch.BatchCommands.Add(Appending(grown));
        if (changes.Where(change => !change.IsClosed).ToArray() is { Length: > 0 } open)
            batch.BatchCommands.Add(Keeping(Array.ConvertAll(open, change => change.Batch)));
        if (changes.Where(change => change.IsClosed && !change.IsNew).ToArray() is { Length: > 0 } closed)
            batch.BatchCommands.Add(Forgetting([.. closed.Select(change => (change.Batch.TenantId, change.Batch.Id))]));
    }

    public static NpgsqlBatchCommand Forgetting(IReadOnlyList<(Guid TenantId, Guid Id)> batches) => new(Forget)
    {
        Parameters =
        {
            QueueColumns.Of(NpgsqlDbType.Uuid, batches, batch => batch.TenantId),
            QueueColumns.Of(NpgsqlDbType.Uuid, batches, batch => batch.Id),
        },
    };

    private static NpgsqlBatchCommand Appending(BatchChange[] changes) => new(Append)
    {
        Parameters =
        {
            QueueColumns.Of(NpgsqlDbType.Uuid, changes, change => change.Batch.TenantId),
            QueueColumns.Of(NpgsqlDbType.Uuid, changes, change => change.Batch.ExecutionId),
            QueueColumns.Of(NpgsqlDbType.Text, changes, change => StoredText.EncodeJson(change.Payloads)),
            QueueColumns.Of(NpgsqlDbType.Text, changes, change => StoredText.EncodeJson(change.Events)),
            QueueColumns.Of(NpgsqlDbType.Integer, changes, change => change.Depth),
            QueueColumns.Of(NpgsqlDbType.Boolean, changes, change => change.IsClosed),
        },
    };

    private static NpgsqlBatchCommand Keeping(OpenBatch[] batches) => new(Keep)
    {
        Parameters =
        {
            QueueColumns.Of(NpgsqlDbType.Uuid, batches, batch => batch.TenantId),
            QueueColumns.Of(NpgsqlDbType.Uuid, batches, batch => batch.Id),
            QueueColumns.Of(NpgsqlDbType.Uuid, batches, batch => batch.ScriptId),
            QueueColumns.Of(NpgsqlDbType.Text, batches, batch => StoredText.Encode(batch.Key)),
            QueueColumns.Of(NpgsqlDbType.Uuid, batches, batch => batch.ExecutionId),
            QueueColumns.Of(NpgsqlDbType.Integer, batches, batch => batch.Events),
            QueueColumns.Of(NpgsqlDbType.Bigint, batches, batch => batch.Bytes),
            QueueColumns.Of(NpgsqlDbType.TimestampTz, batches, batch => batch.ClosesAt.UtcDateTime),
        },
    };
}
