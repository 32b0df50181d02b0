using Npgsql;
using NpgsqlTypes;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Queue;

/// <summary>The queue as the dispatcher sees it: all tenants. Not Dapper: parameters are whole columns.</summary>
internal sealed class QueueStore(Db db)
{
    private const string Columns = """
        q.tenant_id, q.execution_id, q.script_id, q.script_name, q.kind, q.version, q.pinned, q.trigger_type, q.trigger::text, q.sealed_trigger, q.input::text,
        q.cause_kind, q.cause_id, q.user_id, q.organization_id, q.attempt, q.idempotency_key, q.origin, q.origin_id, q.replay_of, q.depth, q.trace_parent,
        q.order_key, q.sequence, q.created_at, q.due_at
        """;

    private const int ColumnCount = 26;

    public async Task AddAsync(IReadOnlyList<QueueItem> items, CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { QueueColumns.Adding(items) } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The scripts that work waits for, with the time of the first of it, and the database's clock. A jump from one script to the next, whatever their backlog.</summary>
    public async Task<(IReadOnlyList<Lane> Lanes, DateTimeOffset Now)> LanesAsync(CancellationToken cancellationToken)
    {
        const string sql = """
            with recursive lane as (
                (select tenant_id, script_id from sandbox.queue order by tenant_id, script_id limit 1)
                union all
                select next.tenant_id, next.script_id
                from lane cross join lateral (
                    select q.tenant_id, q.script_id from sandbox.queue q
                    where (q.tenant_id, q.script_id) > (lane.tenant_id, lane.script_id)
                    order by q.tenant_id, q.script_id limit 1) next)
            select lane.tenant_id, lane.script_id, first.due_at, clock_timestamp()
            from lane cross join lateral (
                select q.due_at from sandbox.queue q
                where q.tenant_id = lane.tenant_id and q.script_id = lane.script_id and q.node_id is null
                order by q.due_at limit 1) first
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        // A table that is small when it is planned may be large when it is read: each jump must go by the index.
        await using var command = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand("select set_config('enable_seqscan', 'off', true)"), new NpgsqlBatchCommand(sql) } };
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var lanes = new List<Lane>();
        var now = DateTimeOffset.MinValue;
        while (await reader.ReadAsync(cancellationToken))
        {
            lanes.Add(new Lane(reader.GetGuid(0), reader.GetGuid(1), reader.GetFieldValue<DateTimeOffset>(2)));
            now = reader.GetFieldValue<DateTimeOffset>(3);
        }

        return (lanes, now);
    }

    /// <summary>Takes due work of these lanes for a node, the oldest first. Nothing where the node's lease has run out.</summary>
    public async Task<IReadOnlyList<ClaimedItem>> ClaimAsync(Guid nodeId, IReadOnlyList<(Lane Lane, int Take)> shares, CancellationToken cancellationToken)
    {
        // The lock on the node's row keeps another node from declaring it dead between the look and the claim.
        const string sql = """
            with node as (
                select n.id from sandbox.nodes n where n.id = $4 and n.dead_at is null and n.lease_until > clock_timestamp() for share),
            picked as (
                select due.tenant_id, due.execution_id
                from node cross join unnest($1, $2, $3) as share (tenant_id, script_id, take)
                cross join lateral (
                    select q.tenant_id, q.execution_id from sandbox.queue q
                    where q.tenant_id = share.tenant_id and q.script_id = share.script_id and q.node_id is null and q.due_at <= clock_timestamp()
                      and not exists (
                        select from sandbox.queue earlier
                        where q.order_key is not null and earlier.tenant_id = q.tenant_id and earlier.script_id = q.script_id
                          and earlier.order_key = q.order_key and earlier.sequence < q.sequence)
                    order by q.due_at, q.sequence limit share.take
                    for update of q skip locked) due
                -- A pause that is committed holds work at once, whatever this node knows yet.
                where not exists (select from sandbox.scripts s where s.tenant_id = share.tenant_id and s.id = share.script_id and s.paused)),
            claimed as (
                update sandbox.queue q
                set node_id = $4, token = nextval('sandbox.fencing_tokens'), claimed_at = clock_timestamp()
                from picked where q.tenant_id = picked.tenant_id and q.execution_id = picked.execution_id
                returning q.*)
            select 
            """ + Columns + """
            , q.token, extract(epoch from q.claimed_at - q.due_at)::float8, c.version, c.value::text
            from claimed q
            left join sandbox.checkpoints c on c.execution_id = q.execution_id and c.tenant_id = q.tenant_id
            order by q.due_at, q.sequence
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters =
            {
                QueueColumns.Of(NpgsqlDbType.Uuid, shares, share => share.Lane.TenantId),
                QueueColumns.Of(NpgsqlDbType.Uuid, shares, share => share.Lane.ScriptId),
                QueueColumns.Of(NpgsqlDbType.Integer, shares, share => share.Take),
                new NpgsqlParameter<Guid> { TypedValue = nodeId },
            },
        };
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var claimed = new List<ClaimedItem>();
        while (await reader.ReadAsync(cancellationToken))
        {
            claimed.Add(new ClaimedItem(
                Read(reader),
                reader.GetInt64(ColumnCount),
                TimeSpan.FromSeconds(Math.Max(0, reader.GetDouble(ColumnCount + 1))),
                reader.IsDBNull(ColumnCount + 2) ? null : new RawJson($$"""{"version":{{reader.GetInt32(ColumnCount + 2)}},"value":{{reader.GetString(ColumnCount + 3)}}}""")));
        }

        return claimed;
    }

    /// <summary>Gives back what did not begin: it waits again, and is due after <paramref name="pause"/>. Nothing where it was taken over.</summary>
    public async Task HandBackAsync(QueueItem item, long token, TimeSpan pause, CancellationToken cancellationToken)
    {
        await using var command = db.System.CreateCommand("""
            update sandbox.queue
            set node_id = null, token = null, claimed_at = null, due_at = clock_timestamp() + $4
            where tenant_id = $1 and execution_id = $2 and token = $3
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = item.TenantId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = item.ExecutionId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = token });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = pause });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>What dead nodes had in hand, with the tokens it ran under.</summary>
    public async Task<IReadOnlyList<(QueueItem Item, long Token, DateTimeOffset ClaimedAt)>> OfNodesAsync(Guid[] nodes, CancellationToken cancellationToken)
    {
        await using var command = db.System.CreateCommand("select " + Columns + ", q.token, q.claimed_at from sandbox.queue q where q.node_id = any($1)");
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = nodes });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<(QueueItem, long, DateTimeOffset)>();
        while (await reader.ReadAsync(cancellationToken)) found.Add((Read(reader), reader.GetInt64(ColumnCount), reader.GetFieldValue<DateTimeOffset>(ColumnCount + 1)));
        return found;
    }

    /// <summary>Those of this node's that someone asked to cancel.</summary>
    public async Task<IReadOnlyList<(Guid TenantId, Guid Id)>> ToCancelAsync(Guid nodeId, Guid[] running, CancellationToken cancellationToken)
    {
        await using var command = db.System.CreateCommand("select tenant_id, execution_id from sandbox.queue where execution_id = any($2) and node_id = $1 and cancel_requested");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = nodeId });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = running });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<(Guid, Guid)>();
        while (await reader.ReadAsync(cancellationToken)) found.Add((reader.GetGuid(0), reader.GetGuid(1)));
        return found;
    }

    /// <summary>Tells other nodes that work came, or that what one of them runs is to be cancelled.</summary>
    public async Task NotifyAsync(string what, CancellationToken cancellationToken)
    {
        await using var command = db.System.CreateCommand("select pg_notify('sandbox_queue', $1)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = what });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Rows that wait, are due later, and run, of all nodes; and the open dead letters.</summary>
    public async Task<(long Waiting, long Later, long Running, long Dead)> DepthAsync(CancellationToken cancellationToken)
    {
        await using var command = db.System.CreateCommand("""
            select count(*) filter (where node_id is null and due_at <= clock_timestamp()), count(*) filter (where node_id is null and due_at > clock_timestamp()), count(node_id),
                (select count(*) from sandbox.dead_letters where state = 'open')
            from sandbox.queue
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }

    /// <summary>How many executions of each tenant wait.</summary>
    public async Task<IReadOnlyDictionary<Guid, long>> WaitingAsync(CancellationToken cancellationToken)
    {
        await using var command = db.System.CreateCommand("select tenant_id, count(*) from sandbox.queue where node_id is null group by tenant_id");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var waiting = new Dictionary<Guid, long>();
        while (await reader.ReadAsync(cancellationToken)) waiting.Add(reader.GetGuid(0), reader.GetInt64(1));
        return waiting;
    }

    internal static QueueItem Read(NpgsqlDataReader row)
    {
        T? Value<T>(int column) where T : struct => row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        return new QueueItem
        {
            TenantId = row.GetGuid(0),
            ExecutionId = row.GetGuid(1),
            ScriptId = row.GetGuid(2),
            ScriptName = row.GetString(3),
            Kind = EnumText<ScriptKind>.Parse(row.GetString(4)),
            Version = row.GetInt32(5),
            Pinned = row.GetBoolean(6),
            TriggerType = EnumText<TriggerType>.Parse(row.GetString(7)),
            Trigger = new RawJson(row.GetString(8)),
            SealedTrigger = row.IsDBNull(9) ? null : row.GetFieldValue<byte[]>(9),
            Input = new RawJson(Text(10) ?? "null"),
            Cause = new Cause(StoredText.Decode(row.GetString(11))!, StoredText.Decode(Text(12))),
            UserId = Value<Guid>(13),
            OrganizationId = Value<Guid>(14),
            Attempt = row.GetInt32(15),
            IdempotencyKey = StoredText.Decode(row.GetString(16))!,
            Origin = Text(17) is { } origin ? (origin, row.GetGuid(18)) : null,
            ReplayOf = Value<Guid>(19),
            Depth = row.GetInt32(20),
            TraceParent = Text(21),
            OrderKey = StoredText.Decode(Text(22)),
            Sequence = row.GetInt64(23),
            CreatedAt = row.GetFieldValue<DateTimeOffset>(24),
            DueAt = row.GetFieldValue<DateTimeOffset>(25),
        };
    }
}

/// <summary>The work that waits for one script.</summary>
/// <param name="DueAt">Of the first of it.</param>
internal readonly record struct Lane(Guid TenantId, Guid ScriptId, DateTimeOffset DueAt);
