using Dapper;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Alerts;

/// <summary>Channels by tenant and name, their URLs and secrets encrypted.</summary>
internal sealed class AlertChannelStore(Db db)
{
    /// <summary>Channels of a tenant.</summary>
    public const int CountMax = 50;

    private const string Columns = """
        c.name, c.type, c.recipients, c.host, c.url, c.secret, c.created_at as CreatedAt, c.updated_at as UpdatedAt, c.sent_at as SentAt, c.error,
        c.failing_since as FailingSince
        """;

    public async Task<Page<AlertChannel>> ListAsync(Guid tenantId, PageRequest page, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from sandbox.alert_channels c where c.tenant_id = @tenantId and c.name > @after order by c.name limit @take";
        var after = page.Cursor is null ? "" : Cursor.ReadKey(page.Cursor);
        var limit = Math.Clamp(page.Limit, 1, 200);
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        var rows = (await tenant.Connection.QueryAsync<Row>(new CommandDefinition(sql, new { tenantId, after, take = limit + 1 }, cancellationToken: cancellationToken))).AsList();
        var items = rows.Take(limit).Select(row => row.ToChannel()).ToArray();
        return new Page<AlertChannel>(items, rows.Count > limit ? Cursor.Of(items[^1].Name) : null);
    }

    /// <summary>With its encrypted URL and secret; null where there is none.</summary>
    public async Task<(AlertChannel Channel, byte[]? Url, byte[]? Secret)?> GetAsync(Guid tenantId, string name, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from sandbox.alert_channels c where c.tenant_id = @tenantId and c.name = @name";
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        return await tenant.Connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(sql, new { tenantId, name }, cancellationToken: cancellationToken)) is { } row
            ? (row.ToChannel(), row.Url, row.Secret)
            : null;
    }

    /// <summary>The channel as it is now, and whether it is new; null where the tenant has as many as it may.</summary>
    public async Task<(AlertChannel Channel, bool IsNew)?> PutAsync(
        Guid tenantId, string name, AlertChannelType type, string[] recipients, string? host, byte[]? url, byte[]? secret, string updatedBy, CancellationToken cancellationToken)
    {
        const string put = $"""
            insert into sandbox.alert_channels as c (tenant_id, name, type, recipients, host, url, secret, updated_by)
            select @tenantId, @name, @type, @recipients, @host, @url, @secret, @updatedBy
            where (select count(*) from sandbox.alert_channels where tenant_id = @tenantId and name <> @name) < @countMax
            on conflict (tenant_id, name) do update set type = excluded.type, recipients = excluded.recipients, host = excluded.host, url = excluded.url,
                secret = excluded.secret, updated_by = excluded.updated_by, error = null, failing_since = null,
                updated_at = greatest(clock_timestamp(), c.updated_at + interval '1 microsecond')
            returning {Columns}, xmax = 0 as IsNew
            """;
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);

        // Writers of one tenant go one by one, so that none of them counts too few.
        await tenant.Connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(hashtextextended('sandbox alert settings ' || @tenantId::text, 0))", new { tenantId }, cancellationToken: cancellationToken));
        var parameters = new
        {
            tenantId,
            name,
            type = EnumText<AlertChannelType>.Of(type),
            recipients,
            host,
            url,
            secret,
            updatedBy = StoredText.Encode(updatedBy),
            countMax = CountMax,
        };
        var row = await tenant.Connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(put, parameters, cancellationToken: cancellationToken));
        await tenant.CommitAsync(cancellationToken);
        return row is null ? null : (row.ToChannel(), row.IsNew);
    }

    /// <summary>False where there is none.</summary>
    public async Task<bool> DeleteAsync(Guid tenantId, string name, CancellationToken cancellationToken)
    {
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        var deleted = await tenant.Connection.ExecuteAsync(new CommandDefinition(
            "delete from sandbox.alert_channels where tenant_id = @tenantId and name = @name", new { tenantId, name }, cancellationToken: cancellationToken));
        await tenant.CommitAsync(cancellationToken);
        return deleted == 1;
    }

    private sealed class Row
    {
        public required string Name { get; init; }
        public required string Type { get; init; }
        public required string[] Recipients { get; init; }
        public string? Host { get; init; }
        public byte[]? Url { get; init; }
        public byte[]? Secret { get; init; }
        public required DateTime CreatedAt { get; init; }
        public required DateTime UpdatedAt { get; init; }
        public DateTime? SentAt { get; init; }
        public string? Error { get; init; }
        public DateTime? FailingSince { get; init; }
        public bool IsNew { get; init; }

        public AlertChannel ToChannel() => new(
            Name, EnumText<AlertChannelType>.Parse(Type), Recipients, Host, new DateTimeOffset(CreatedAt), new DateTimeOffset(UpdatedAt), Time(SentAt), Error, Time(FailingSince));

        private static DateTimeOffset? Time(DateTime? time) => time is { } at ? new DateTimeOffset(at) : null;
    }
}
