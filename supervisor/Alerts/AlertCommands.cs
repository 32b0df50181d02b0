using Npgsql;
using NpgsqlTypes;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Alerts;

/// <summary>The statements that write down a round. Not Dapper: every parameter is a whole column.</summary>
internal static class AlertCommands
{
    public static NpgsqlBatchCommand Alerts(TrackedAlert[] alerts) => new("""
        insert into sandbox.alerts (
            tenant_id, id, rule, condition, script_id, script_name, count, told, told_at, first_at, last_at, closed_at, pending_since, execution_id, code, message)
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        on conflict (tenant_id, id) do update set
            script_name = excluded.script_name, count = excluded.count, told = excluded.told, told_at = excluded.told_at, last_at = excluded.last_at,
            closed_at = excluded.closed_at, pending_since = excluded.pending_since, execution_id = excluded.execution_id, code = excluded.code, message = excluded.message
        """)
    {
        Parameters =
        {
            Of(NpgsqlDbType.Uuid, alerts, alert => alert.TenantId),
            Of(NpgsqlDbType.Uuid, alerts, alert => alert.Id),
            Of(NpgsqlDbType.Text, alerts, alert => alert.Rule),
            Of(NpgsqlDbType.Text, alerts, alert => EnumText<AlertCondition>.Of(alert.Condition)),
            Of(NpgsqlDbType.Uuid, alerts, alert => alert.ScriptId),
            Of(NpgsqlDbType.Text, alerts, alert => alert.ScriptName),
            Of(NpgsqlDbType.Bigint, alerts, alert => alert.Count),
            Of(NpgsqlDbType.Bigint, alerts, alert => alert.Told),
            Of(NpgsqlDbType.TimestampTz, alerts, alert => alert.ToldAt?.UtcDateTime),
            Of(NpgsqlDbType.TimestampTz, alerts, alert => alert.FirstAt.UtcDateTime),
            Of(NpgsqlDbType.TimestampTz, alerts, alert => alert.LastAt.UtcDateTime),
            Of(NpgsqlDbType.TimestampTz, alerts, alert => alert.ClosedAt?.UtcDateTime),
            Of(NpgsqlDbType.TimestampTz, alerts, alert => alert.PendingSince?.UtcDateTime),
            Of(NpgsqlDbType.Uuid, alerts, alert => alert.ExecutionId),
            Of(NpgsqlDbType.Text, alerts, alert => alert.Code),
            Of(NpgsqlDbType.Text, alerts, alert => StoredText.Encode(alert.Message)),
        },
    };

    public static NpgsqlBatchCommand Watch(((Guid Tenant, Guid Script) Script, int? Failures)[] watches) => new("""
        insert into sandbox.alert_watches (tenant_id, script_id, failures)
        select * from unnest($1, $2, $3)
        on conflict (tenant_id, script_id) do update set failures = excluded.failures
        """)
    {
        Parameters =
        {
            Of(NpgsqlDbType.Uuid, watches, watch => watch.Script.Tenant),
            Of(NpgsqlDbType.Uuid, watches, watch => watch.Script.Script),
            Of(NpgsqlDbType.Integer, watches, watch => watch.Failures!.Value),
        },
    };

    public static NpgsqlBatchCommand Unwatch(((Guid Tenant, Guid Script) Script, int? Failures)[] watches) => new("""
        delete from sandbox.alert_watches w using unnest($1, $2) as gone (tenant_id, script_id)
        where w.tenant_id = gone.tenant_id and w.script_id = gone.script_id
        """)
    {
        Parameters =
        {
            Of(NpgsqlDbType.Uuid, watches, watch => watch.Script.Tenant),
            Of(NpgsqlDbType.Uuid, watches, watch => watch.Script.Script),
        },
    };

    public static NpgsqlBatchCommand Messages(IReadOnlyList<(PlannedMessage Planned, AlertBody Body, string Json)> messages) => new("""
        insert into sandbox.alert_messages (tenant_id, id, rule, summary, count, body, created_at)
        select * from unnest($1, $2, $3, $4, $5, $6, $7)
        """)
    {
        Parameters =
        {
            Of(NpgsqlDbType.Uuid, messages, message => message.Planned.Rule.TenantId),
            Of(NpgsqlDbType.Uuid, messages, message => message.Planned.Id),
            Of(NpgsqlDbType.Text, messages, message => message.Body.Rule),
            Of(NpgsqlDbType.Text, messages, message => StoredText.Encode(message.Body.Summary)),
            Of(NpgsqlDbType.Bigint, messages, message => message.Body.Count),
            Of(NpgsqlDbType.Json, messages, message => StoredText.EncodeJson(message.Json)),
            Of(NpgsqlDbType.TimestampTz, messages, message => message.Planned.At.UtcDateTime),
        },
    };

    // A channel that was deleted is told nothing.
    public static NpgsqlBatchCommand Deliveries((PlannedMessage Planned, string Channel)[] deliveries) => new("""
        insert into sandbox.alert_deliveries (tenant_id, message_id, channel, next_at)
        select d.tenant_id, d.message_id, d.channel, d.next_at
        from unnest($1, $2, $3, $4) as d (tenant_id, message_id, channel, next_at)
        where exists (select from sandbox.alert_channels c where c.tenant_id = d.tenant_id and c.name = d.channel)
        """)
    {
        Parameters =
        {
            Of(NpgsqlDbType.Uuid, deliveries, delivery => delivery.Planned.Rule.TenantId),
            Of(NpgsqlDbType.Uuid, deliveries, delivery => delivery.Planned.Id),
            Of(NpgsqlDbType.Text, deliveries, delivery => delivery.Channel),
            Of(NpgsqlDbType.TimestampTz, deliveries, delivery => delivery.Planned.At.UtcDateTime),
        },
    };

    public static NpgsqlBatchCommand Quiet(IReadOnlyList<(PlannedMessage Planned, AlertBody Body, string Json)> messages) => new("""
        update sandbox.alert_rules r set quiet_until = q.until
        from unnest($1, $2, $3) as q (tenant_id, name, until)
        where r.tenant_id = q.tenant_id and r.name = q.name
        """)
    {
        Parameters =
        {
            Of(NpgsqlDbType.Uuid, messages, message => message.Planned.Rule.TenantId),
            Of(NpgsqlDbType.Text, messages, message => message.Planned.Rule.Rule.Name),
            Of(NpgsqlDbType.TimestampTz, messages, message => message.Planned.At.UtcDateTime.AddSeconds(message.Planned.Rule.Rule.ThrottleS)),
        },
    };

    private static NpgsqlParameter<TColumn[]> Of<TItem, TColumn>(NpgsqlDbType type, IReadOnlyList<TItem> items, Func<TItem, TColumn> column) =>
        new() { TypedValue = [.. items.Select(column)], NpgsqlDbType = NpgsqlDbType.Array | type };
}
