using Dapper;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Alerts;

/// <summary>Alerts and messages of a tenant, as they are read.</summary>
internal sealed class AlertStore(Db db)
{
    /// <summary>The newest first.</summary>
    public async Task<Page<Alert>> ListAsync(Guid tenantId, AlertFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {AlertRow.Columns}
            from sandbox.alerts a
            where a.tenant_id = @tenantId and (@before::uuid is null or a.id < @before)
              and (@open::boolean is null or (a.closed_at is null) = @open) and (@condition::text is null or a.condition = @condition)
              and (@rule::text is null or a.rule = @rule) and (@scriptId::uuid is null or a.script_id = @scriptId)
              and (@scriptName::text is null or a.script_name = @scriptName)
            order by a.id desc limit @take
            """;
        var limit = Math.Clamp(page.Limit, 1, 200);
        var isId = Guid.TryParse(filter.Script, out var scriptId);
        var parameters = new
        {
            tenantId,
            before = page.Cursor is null ? (Guid?)null : Cursor.ReadId(page.Cursor),
            open = filter.State is { } state ? state == AlertState.Open : (bool?)null,
            condition = EnumText<AlertCondition>.Of(filter.Condition),
            rule = StoredText.Encode(filter.Rule),
            scriptId = isId ? scriptId : (Guid?)null,
            scriptName = isId ? null : StoredText.Encode(filter.Script),
            take = limit + 1,
        };
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        var rows = (await tenant.Connection.QueryAsync<AlertRow>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken))).AsList();
        var items = rows.Take(limit).Select(row => row.ToTracked().ToAlert()).ToArray();
        return new Page<Alert>(items, rows.Count > limit ? Cursor.Of(items[^1].Id) : null);
    }

    /// <summary>Null where there is none.</summary>
    public async Task<Alert?> GetAsync(Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        const string sql = $"select {AlertRow.Columns} from sandbox.alerts a where a.tenant_id = @tenantId and a.id = @id";
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        return (await tenant.Connection.QuerySingleOrDefaultAsync<AlertRow>(new CommandDefinition(sql, new { tenantId, id }, cancellationToken: cancellationToken)))?.ToTracked().ToAlert();
    }

    /// <summary>The newest first.</summary>
    public async Task<Page<AlertMessage>> MessagesAsync(Guid tenantId, PageRequest page, CancellationToken cancellationToken)
    {
        const string messages = """
            select m.id, m.rule, m.summary, m.count, m.created_at as CreatedAt
            from sandbox.alert_messages m
            where m.tenant_id = @tenantId and (@before::uuid is null or m.id < @before)
            order by m.id desc limit @take
            """;
        const string deliveries = """
            select d.message_id as MessageId, d.channel, d.status, d.attempts, d.next_at as NextAt, d.sent_at as SentAt, d.error
            from sandbox.alert_deliveries d
            where d.tenant_id = @tenantId and d.message_id = any (@ids)
            order by d.channel
            """;
        var limit = Math.Clamp(page.Limit, 1, 200);
        var before = page.Cursor is null ? (Guid?)null : Cursor.ReadId(page.Cursor);
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        var rows = (await tenant.Connection.QueryAsync<MessageRow>(new CommandDefinition(messages, new { tenantId, before, take = limit + 1 }, cancellationToken: cancellationToken))).AsList();
        var shown = rows.Take(limit).ToArray();
        var sent = (await tenant.Connection.QueryAsync<DeliveryRow>(
            new CommandDefinition(deliveries, new { tenantId, ids = shown.Select(row => row.Id).ToArray() }, cancellationToken: cancellationToken))).ToLookup(row => row.MessageId);
        AlertMessage[] items = [.. shown.Select(row => row.ToMessage([.. sent[row.Id].Select(delivery => delivery.ToDelivery())]))];
        return new Page<AlertMessage>(items, rows.Count > limit ? Cursor.Of(items[^1].Id) : null);
    }

    private sealed class MessageRow
    {
        public required Guid Id { get; init; }
        public required string Rule { get; init; }
        public required string Summary { get; init; }
        public required long Count { get; init; }
        public required DateTime CreatedAt { get; init; }

        public AlertMessage ToMessage(IReadOnlyList<AlertDelivery> deliveries) =>
            new(Id, Rule, StoredText.Decode(Summary)!, Count, new DateTimeOffset(CreatedAt), deliveries);
    }

    private sealed class DeliveryRow
    {
        public required Guid MessageId { get; init; }
        public required string Channel { get; init; }
        public required string Status { get; init; }
        public required int Attempts { get; init; }
        public required DateTime NextAt { get; init; }
        public DateTime? SentAt { get; init; }
        public string? Error { get; init; }

        public AlertDelivery ToDelivery()
        {
            var status = EnumText<AlertDeliveryStatus>.Parse(Status);
            return new AlertDelivery(
                Channel, status, Attempts, status == AlertDeliveryStatus.Waiting ? new DateTimeOffset(NextAt) : null, SentAt is { } sent ? new DateTimeOffset(sent) : null, Error);
        }
    }
}
