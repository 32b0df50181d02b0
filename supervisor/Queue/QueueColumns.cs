using Npgsql;
using NpgsqlTypes;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Queue;

/// <summary>Rows of the queue as parameters, a column each, and the statement that adds them: for whoever enqueues within a transaction of his own.</summary>
internal static class QueueColumns
{
    private const string Insert = """
        insert into sandbox.queue (
            tenant_id, execution_id, script_id, script_name, kind, version, pinned, trigger_type, trigger, sealed_trigger, input,
            cause_kind, cause_id, user_id, organization_id, attempt, idempotency_key, origin, origin_id, replay_of, depth, trace_parent,
            order_key, sequence, created_at, due_at)
        select i.tenant_id, i.execution_id, i.script_id, i.script_name, i.kind, i.version, i.pinned, i.trigger_type, i.trigger, i.sealed_trigger, i.input,
            i.cause_kind, i.cause_id, i.user_id, i.organization_id, i.attempt, i.idempotency_key, i.origin, i.origin_id, i.replay_of, i.depth, i.trace_parent,
            i.order_key, coalesce(i.sequence, nextval('sandbox.queue_sequence')), i.created_at, coalesce(i.due_at, clock_timestamp())
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26) as i (
            tenant_id, execution_id, script_id, script_name, kind, version, pinned, trigger_type, trigger, sealed_trigger, input,
            cause_kind, cause_id, user_id, organization_id, attempt, idempotency_key, origin, origin_id, replay_of, depth, trace_parent,
            order_key, sequence, created_at, due_at)
        """;

    /// <summary>Adds the items in their order.</summary>
    public static NpgsqlBatchCommand Adding(IReadOnlyList<QueueItem> items) => new(Insert)
    {
        Parameters =
        {
            Of(NpgsqlDbType.Uuid, items, item => item.TenantId),
            Of(NpgsqlDbType.Uuid, items, item => item.ExecutionId),
            Of(NpgsqlDbType.Uuid, items, item => item.ScriptId),
            Of(NpgsqlDbType.Text, items, item => item.ScriptName),
            Of(NpgsqlDbType.Text, items, item => EnumText<ScriptKind>.Of(item.Kind)),
            Of(NpgsqlDbType.Integer, items, item => item.Version),
            Of(NpgsqlDbType.Boolean, items, item => item.Pinned),
            Of(NpgsqlDbType.Text, items, item => EnumText<TriggerType>.Of(item.TriggerType)),
            Of(NpgsqlDbType.Json, items, item => StoredText.EncodeJson(item.Trigger.Text)),
            Of(NpgsqlDbType.Bytea, items, item => item.SealedTrigger),
            Of(NpgsqlDbType.Json, items, item => StoredText.EncodeJson(item.Input.Text)),
            Of(NpgsqlDbType.Text, items, item => StoredText.Encode(item.Cause.Kind)),
            Of(NpgsqlDbType.Text, items, item => StoredText.Encode(item.Cause.Id)),
            Of(NpgsqlDbType.Uuid, items, item => item.UserId),
            Of(NpgsqlDbType.Uuid, items, item => item.OrganizationId),
            Of(NpgsqlDbType.Integer, items, item => item.Attempt),
            Of(NpgsqlDbType.Text, items, item => StoredText.Encode(item.IdempotencyKey)),
            Of(NpgsqlDbType.Text, items, item => item.Origin?.Name),
            Of(NpgsqlDbType.Uuid, items, item => item.Origin?.Id),
            Of(NpgsqlDbType.Uuid, items, item => item.ReplayOf),
            Of(NpgsqlDbType.Integer, items, item => item.Depth),
            Of(NpgsqlDbType.Text, items, item => item.TraceParent),
            Of(NpgsqlDbType.Text, items, item => StoredText.Encode(item.OrderKey)),
            Of(NpgsqlDbType.Bigint, items, item => item.Sequence),
            Of(NpgsqlDbType.TimestampTz, items, item => item.CreatedAt.UtcDateTime),
            Of(NpgsqlDbType.TimestampTz, items, item => item.DueAt?.UtcDateTime),
        },
    };

    /// <summary>One column of the items, as an array.</summary>
    public static NpgsqlParameter<TColumn[]> Of<TItem, TColumn>(NpgsqlDbType type, IReadOnlyList<TItem> items, Func<TItem, TColumn> column)
    {
        var values = new TColumn[items.Count];
        for (var i = 0; i < values.Length; i++) values[i] = column(items[i]);
        return new NpgsqlParameter<TColumn[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };
    }
}
