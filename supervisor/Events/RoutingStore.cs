using Npgsql;
using NpgsqlTypes;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Queue;

namespace Sandbox.Supervisor.Events;

/// <summary>Routes events of all tenants, in the order in which they were stored. Not Dapper: every parameter is a whole column.</summary>
internal sealed class RoutingStore(Db db)
{
    /// <summary>Bytes of payloads in one transaction; a single event may be larger.</summary>
    private const long BytesMax = 16L * 1024 * 1024;

    // One router at a time in the whole database, or the events of two batches would be enqueued in any order.
    private const string Turn = "select pg_try_advisory_xact_lock(hashtextextended('sandbox events', 0))";

    private const string Unrouted = """
        with first as (
            select tenant_id, id, sequence, bytes from sandbox.events where routed_at is null order by sequence limit $1
        ), batch as (
            select f.tenant_id, f.id
            from (select tenant_id, id, bytes, sum(bytes) over (order by sequence) as total from first) f
            where f.total - f.bytes < $2
        )
        select e.tenant_id, e.id, e.source, e.event_id, e.type, coalesce(e.time, e.created_at), e.payload::text, e.depth, e.trace_parent,
            e.created_at
        from sandbox.events e
        join batch b on b.tenant_id = e.tenant_id and b.id = e.id
        order by e.sequence
        for update of e
        """;

    private const string Subscribed = """
        select tenant_id, id, name, version, trigger::text, output_bytes
        from sandbox.scripts
        where tenant_id = any($1) and kind = 'event' and enabled and deleted_at is null and trigger is not null
        order by tenant_id, name
        """;

    private const string InsertDeliveries = """
        insert into sandbox.deliveries (tenant_id, id, event_id, script_id, script_name, state, execution_id, batch_id, created_at, finished_at)
        select d.tenant_id, d.id, d.event_id, d.script_id, d.script_name, d.state, d.execution_id, d.batch_id, d.created_at,
            case when d.state <> 'waiting' then d.created_at end
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) as d (
            tenant_id, id, event_id, script_id, script_name, state, execution_id, batch_id, created_at)
        """;

    // What a node has claimed runs: it is no longer replaced.
    private const string Replace = """
        with gone as (
            delete from sandbox.queue q
            using unnest($1, $2, $3) as n (tenant_id, script_id, order_key)
            where q.tenant_id = n.tenant_id and q.script_id = n.script_id and q.order_key is not distinct from n.order_key
              and q.origin = $4 and q.node_id is null
            returning q.tenant_id, q.origin_id
        )
        update sandbox.deliveries d set state = 'debounced', execution_id = null, finished_at = clock_timestamp()
        from gone g
        where d.tenant_id = g.tenant_id and d.id = g.origin_id
        """;

    private const string MarkRouted = """
        update sandbox.events e set routed_at = clock_timestamp()
        from unnest($1, $2) as r (tenant_id, id)
        where e.tenant_id = r.tenant_id and e.id = r.id
        """;

    /// <summary>The events that were routed, with the number of their deliveries; null where another node is routing.</summary>
    /// <param name="take">Events at most.</param>
    /// <param name="deliver">Who gets which of them.</param>
    /// <param name="cancellationToken">The supervisor stops.</param>
    public async Task<RoutedBatch?> RouteAsync(
        int take,
        Func<IReadOnlyList<StoredEvent>, IReadOnlyList<Subscription>, IReadOnlyList<NewDelivery>> deliver,
        CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var turn = new NpgsqlCommand(Turn, connection))
            if (await turn.ExecuteScalarAsync(cancellationToken) is not true) return null;

        var events = await EventsAsync(connection, take, cancellationToken);
        if (events.Count == 0) return new RoutedBatch(events, 0);
        var made = deliver(events, await SubscriptionsAsync(connection, events, cancellationToken));
        var (deliveries, batches, opened) = BatchPlan.Of(made, await BatchStore.OpenAsync(connection, made, cancellationToken));
        await using var batch = new NpgsqlBatch(connection, transaction);
        if (deliveries.Count > 0)
        {
            NewDelivery[] enqueued = [.. deliveries.Where(delivery => delivery is { IsReplaced: false, BatchId: null })];
            if (enqueued.Where(delivery => delivery.Debounces).ToArray() is { Length: > 0 } debouncing)
                batch.BatchCommands.Add(Replacing(debouncing));
            batch.BatchCommands.Add(Inserting(deliveries));
            batch.BatchCommands.Add(QueueColumns.Adding([.. enqueued.Select(delivery => delivery.Item), .. opened]));
            BatchStore.Fill(batch, batches);
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(MarkRouted)
        {
            Parameters = { QueueColumns.Of(NpgsqlDbType.Uuid, events, e => e.TenantId), QueueColumns.Of(NpgsqlDbType.Uuid, events, e => e.Id) },
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new RoutedBatch(events, deliveries.Count);
    }

    /// <summary>Marks the first event that waits as routed, without deliveries: the database refuses them. Its id; null: none waits.</summary>
    public async Task<Guid?> SetAsideAsync(CancellationToken cancellationToken)
    {
        await using var command = db.System.CreateCommand("""
            update sandbox.events e set routed_at = clock_timestamp()
            from (select tenant_id, id from sandbox.events where routed_at is null order by sequence limit 1) first
            where e.tenant_id = first.tenant_id and e.id = first.id
            returning e.id
            """);
        return await command.ExecuteScalarAsync(cancellationToken) as Guid?;
    }

    private static async Task<List<StoredEvent>> EventsAsync(NpgsqlConnection connection, int take, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Unrouted, connection)
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = take }, new NpgsqlParameter<long> { TypedValue = BytesMax } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<StoredEvent>();
        while (await reader.ReadAsync(cancellationToken))
        {
            events.Add(new StoredEvent(
                reader.GetGuid(0),
                reader.GetGuid(1),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetString(4),
                reader.GetFieldValue<DateTimeOffset>(5),
                reader.GetString(6),
                reader.GetInt32(7),
                reader.IsDBNull(8) ? null : reader.GetString(8),
                reader.GetFieldValue<DateTimeOffset>(9)));
        }

        return events;
    }

    private static async Task<List<Subscription>> SubscriptionsAsync(
        NpgsqlConnection connection, List<StoredEvent> events, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Subscribed, connection)
        {
            Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = [.. events.Select(e => e.TenantId).Distinct()] } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<Subscription>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var read = Subscription.Of(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2), reader.GetInt32(3), reader.GetString(4), reader.GetInt32(5));
            if (read is not null) found.Add(read);
        }

        return found;
    }

    private static NpgsqlBatchCommand Inserting(IReadOnlyList<NewDelivery> deliveries) => new(InsertDeliveries)
    {
        Parameters =
        {
            QueueColumns.Of(NpgsqlDbType.Uuid, deliveries, delivery => delivery.Item.TenantId),
            QueueColumns.Of(NpgsqlDbType.Uuid, deliveries, delivery => delivery.Id),
            QueueColumns.Of(NpgsqlDbType.Uuid, deliveries, delivery => delivery.EventId),
            QueueColumns.Of(NpgsqlDbType.Uuid, deliveries, delivery => delivery.Item.ScriptId),
            QueueColumns.Of(NpgsqlDbType.Text, deliveries, delivery => delivery.Item.ScriptName),
            QueueColumns.Of(NpgsqlDbType.Text, deliveries, delivery => EnumText<DeliveryState>.Of(StateOf(delivery))),
            QueueColumns.Of(NpgsqlDbType.Uuid, deliveries, delivery => delivery.IsReplaced ? (Guid?)null : delivery.Item.ExecutionId),
            QueueColumns.Of(NpgsqlDbType.Uuid, deliveries, delivery => delivery.BatchId),
            QueueColumns.Of(NpgsqlDbType.TimestampTz, deliveries, delivery => delivery.Item.CreatedAt.UtcDateTime),
        },
    };

    private static DeliveryState StateOf(NewDelivery delivery) => delivery.IsReplaced ? DeliveryState.Debounced : DeliveryState.Waiting;

    private static NpgsqlBatchCommand Replacing(NewDelivery[] debouncing) => new(Replace)
    {
        Parameters =
        {
            QueueColumns.Of(NpgsqlDbType.Uuid, debouncing, delivery => delivery.Item.TenantId),
            QueueColumns.Of(NpgsqlDbType.Uuid, debouncing, delivery => delivery.Item.ScriptId),
            QueueColumns.Of(NpgsqlDbType.Text, debouncing, delivery => StoredText.Encode(delivery.Item.OrderKey)),
            new NpgsqlParameter<string> { TypedValue = Deliveries.Origin },
        },
    };
}
