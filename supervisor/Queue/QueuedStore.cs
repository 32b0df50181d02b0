using Npgsql;
using NpgsqlTypes;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Queue;

/// <summary>One tenant's rows of the queue, as that tenant. Not Dapper: a row is read by its places, as <see cref="QueueStore"/> reads it.</summary>
internal sealed class QueuedStore(Db db)
{
    private const string Columns = """
        select q.tenant_id, q.execution_id, q.script_id, q.script_name, q.kind, q.version, q.pinned, q.trigger_type, q.trigger::text, null::bytea, q.input::text,
            q.cause_kind, q.cause_id, q.user_id, q.organization_id, q.attempt, q.idempotency_key, q.origin, q.origin_id, q.replay_of, q.depth, q.trace_parent,
            q.order_key, q.sequence, q.created_at, q.due_at, q.claimed_at, coalesce(s.record, 'all'),
            q.order_key is not null and exists (
                select from sandbox.queue e
                where e.tenant_id = q.tenant_id and e.script_id = q.script_id and e.order_key = q.order_key and e.sequence < q.sequence)
        from sandbox.queue q
        left join sandbox.scripts s on s.tenant_id = q.tenant_id and s.id = q.script_id

        """;

    private const int ClaimedAt = 26;

    /// <summary>Null where it neither waits nor runs.</summary>
    public async Task<QueuedRow?> FindAsync(Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        const string sql = Columns + "where q.tenant_id = @tenantId and q.execution_id = @id";
        return await ReadAsync(tenantId, sql, [Uuid("tenantId", tenantId), Uuid("id", id)], cancellationToken) is [var row] ? row : null;
    }

    /// <summary>The attempt with this key that is later than the one given; null: none.</summary>
    /// <param name="tenantId">Whose it is.</param>
    /// <param name="scriptId">Its script.</param>
    /// <param name="key">Of the piece of work.</param>
    /// <param name="attempt">The number of the attempt that it follows.</param>
    /// <param name="isWaiting">True: not one that runs.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<QueuedRow?> LaterAsync(
        Guid tenantId, Guid scriptId, string key, int attempt, bool isWaiting, CancellationToken cancellationToken)
    {
        // A first attempt follows none: the index has the others alone.
        const string sql = Columns + """
            where q.tenant_id = @tenantId and q.script_id = @scriptId and q.idempotency_key = @key and q.attempt > 1 and q.attempt > @attempt
              and (q.node_id is null or not @isWaiting)
            order by q.attempt limit 1
            """;
        NpgsqlParameter[] parameters =
        [
            Uuid("tenantId", tenantId),
            Uuid("scriptId", scriptId),
            Of("key", NpgsqlDbType.Text, StoredText.Encode(key)),
            Of("attempt", NpgsqlDbType.Integer, attempt),
            Of("isWaiting", NpgsqlDbType.Boolean, isWaiting),
        ];
        return await ReadAsync(tenantId, sql, parameters, cancellationToken) is [var row] ? row : null;
    }

    /// <summary>Newest first.</summary>
    public async Task<Page<QueuedRow>> ListAsync(Guid tenantId, ExecutionFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        const string sql = Columns + """
            where q.tenant_id = @tenantId and (@before::uuid is null or q.execution_id < @before)
              and (@scriptId::uuid is null or q.script_id = @scriptId) and (@scriptName::text is null or q.script_name = @scriptName)
              and (@kind::text is null or q.kind = @kind) and (@trigger::text is null or q.trigger_type = @trigger)
              and (@running::bool is null or (q.node_id is not null) = @running)
              and (@from::timestamptz is null or q.created_at >= @from) and (@to::timestamptz is null or q.created_at < @to)
            order by q.execution_id desc limit @take
            """;
        // What waits or runs has no code, duration, labels or text yet.
        if (filter.Status is not (null or ExecutionStatus.Pending or ExecutionStatus.Running) || filter.Code is not null || filter.DurationMsMin is not null
            || filter.DurationMsMax is not null || filter.Text is not null || filter.Labels.Count > 0)
        {
            return new Page<QueuedRow>([], null);
        }

        var limit = Math.Clamp(page.Limit, 1, 200);
        var isId = Guid.TryParse(filter.Script, out var scriptId);
        var rows = await ReadAsync(
            tenantId,
            sql,
            [
                Uuid("tenantId", tenantId),
                Uuid("before", page.Cursor is null ? null : Cursor.ReadId(page.Cursor)),
                Uuid("scriptId", isId ? scriptId : null),
                Of("scriptName", NpgsqlDbType.Text, isId ? null : StoredText.Encode(filter.Script)),
                Of("kind", NpgsqlDbType.Text, EnumText<ScriptKind>.Of(filter.Kind)),
                Of("trigger", NpgsqlDbType.Text, EnumText<TriggerType>.Of(filter.Trigger)),
                Of("running", NpgsqlDbType.Boolean, filter.Status is { } status ? status == ExecutionStatus.Running : null),
                Of("from", NpgsqlDbType.TimestampTz, filter.From?.UtcDateTime),
                Of("to", NpgsqlDbType.TimestampTz, filter.To?.UtcDateTime),
                Of("take", NpgsqlDbType.Integer, limit + 1),
            ],
            cancellationToken);
        var items = rows.Take(limit).ToArray();
        return new Page<QueuedRow>(items, rows.Count > limit ? Cursor.Of(items[^1].Item.ExecutionId) : null);
    }

    /// <summary>Marks what runs somewhere. False where it does not run.</summary>
    public async Task<bool> RequestCancelAsync(Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        const string sql = "update sandbox.queue set cancel_requested = true where tenant_id = @tenantId and execution_id = @id and node_id is not null";
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { Uuid("tenantId", tenantId), Uuid("id", id) } };
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private async Task<IReadOnlyList<QueuedRow>> ReadAsync(Guid tenantId, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        await using var command = new NpgsqlCommand(sql, transaction.Connection);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<QueuedRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new QueuedRow(
                QueueStore.Read(reader),
                reader.IsDBNull(ClaimedAt) ? null : reader.GetFieldValue<DateTimeOffset>(ClaimedAt),
                EnumText<RecordPolicy>.TryParse(reader.GetString(ClaimedAt + 1)) ?? RecordPolicy.Metadata,
                reader.GetBoolean(ClaimedAt + 2)));
        }

        return rows;
    }

    private static NpgsqlParameter Uuid(string name, Guid? value) => Of(name, NpgsqlDbType.Uuid, value);

    private static NpgsqlParameter Of(string name, NpgsqlDbType type, object? value) => new(name, type) { Value = value ?? DBNull.Value };
}

/// <summary>A row of the queue.</summary>
/// <param name="ClaimedAt">Since when it runs; null: it waits.</param>
/// <param name="Record">How much of it may be shown.</param>
/// <param name="IsBehind">Another one with its order key comes before it.</param>
internal sealed record QueuedRow(QueueItem Item, DateTimeOffset? ClaimedAt, RecordPolicy Record, bool IsBehind);
