using Dapper;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Alerts;

/// <summary>Messages on their way, of all tenants, as the system.</summary>
internal sealed class AlertDeliveryStore(Db db)
{
    /// <summary>
    /// Takes messages whose time has come. Each is another node's, or comes again, after <paramref name="lease"/>: a message that was sent by a node that died
    /// before it said so is sent twice, none is lost.
    /// </summary>
    public async Task<IReadOnlyList<AlertSending>> ClaimAsync(DateTimeOffset now, TimeSpan lease, int most, CancellationToken cancellationToken)
    {
        const string sql = """
            update sandbox.alert_deliveries d
            set next_at = @again, attempts = d.attempts + 1
            from (
                select w.tenant_id, w.message_id, w.channel from sandbox.alert_deliveries w
                where w.status = 'waiting' and w.next_at <= @now
                order by w.next_at limit @most
                for update skip locked) due
            join sandbox.alert_messages m on m.tenant_id = due.tenant_id and m.id = due.message_id
            where d.tenant_id = due.tenant_id and d.message_id = due.message_id and d.channel = due.channel
            returning d.tenant_id as TenantId, d.message_id as MessageId, d.channel, d.attempts, m.body::text as Body
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<AlertSending>(new CommandDefinition(
            sql, new { now = now.UtcDateTime, again = (now + lease).UtcDateTime, most }, cancellationToken: cancellationToken))).AsList();
    }

    public async Task SentAsync(AlertSending sending, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            with sent as (
                update sandbox.alert_deliveries set status = 'sent', sent_at = @now, error = null
                where tenant_id = @tenantId and message_id = @messageId and channel = @channel and status = 'waiting')
            update sandbox.alert_channels set sent_at = @now, error = null, failing_since = null where tenant_id = @tenantId and name = @channel
            """;
        await RunAsync(sql, sending, now, null, null, cancellationToken);
    }

    /// <param name="nextAt">Null: it is given up.</param>
    public async Task RefusedAsync(AlertSending sending, DateTimeOffset now, string error, DateTimeOffset? nextAt, CancellationToken cancellationToken)
    {
        const string sql = """
            with refused as (
                update sandbox.alert_deliveries
                set status = case when @nextAt::timestamptz is null then 'failed' else 'waiting' end, next_at = coalesce(@nextAt, next_at), error = @error
                where tenant_id = @tenantId and message_id = @messageId and channel = @channel and status = 'waiting')
            update sandbox.alert_channels set error = @error, failing_since = coalesce(failing_since, @now) where tenant_id = @tenantId and name = @channel
            """;
        await RunAsync(sql, sending, now, error, nextAt, cancellationToken);
    }

    /// <summary>Removes what is older: messages, and alerts that closed before.</summary>
    public async Task SweepAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        foreach (var sql in (string[])["delete from sandbox.alert_messages where created_at < @before", "delete from sandbox.alerts where closed_at < @before and pending_since is null"])
            await connection.ExecuteAsync(new CommandDefinition(sql, new { before = before.UtcDateTime }, cancellationToken: cancellationToken));
    }

    private async Task RunAsync(string sql, AlertSending sending, DateTimeOffset now, string? error, DateTimeOffset? nextAt, CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        var parameters = new { sending.TenantId, sending.MessageId, sending.Channel, now = now.UtcDateTime, error, nextAt = nextAt?.UtcDateTime };
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }
}
