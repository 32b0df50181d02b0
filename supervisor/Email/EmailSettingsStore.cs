using Dapper;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Email;

/// <summary>One row for each tenant that sends e-mail.</summary>
internal sealed class EmailSettingsStore(Db db)
{
    private const string Columns =
        "host, port, security, username, password, from_address as FromAddress, from_name as FromName, updated_at as UpdatedAt";

    /// <summary>The settings, and the password as it is stored; null where there are none.</summary>
    public async Task<(EmailSettings Settings, byte[]? Password)?> GetAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from sandbox.email_settings where tenant_id = @tenantId";
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        var row = await tenant.Connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(sql, new { tenantId }, cancellationToken: cancellationToken));
        return row is null ? null : (row.ToSettings(), row.Password);
    }

    public async Task<EmailSettings> PutAsync(Guid tenantId, EmailSettings settings, byte[]? password, string updatedBy, CancellationToken cancellationToken)
    {
        const string sql = $"""
            insert into sandbox.email_settings (tenant_id, host, port, security, username, password, from_address, from_name, updated_by)
            values (@tenantId, @host, @port, @security, @username, @password, @fromAddress, @fromName, @updatedBy)
            on conflict (tenant_id) do update set host = excluded.host, port = excluded.port, security = excluded.security, username = excluded.username,
                password = excluded.password, from_address = excluded.from_address, from_name = excluded.from_name,
                updated_by = excluded.updated_by, updated_at = clock_timestamp()
            returning {Columns}
            """;
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        var row = await tenant.Connection.QuerySingleAsync<Row>(new CommandDefinition(
            sql,
            new
            {
                tenantId,
                settings.Host,
                settings.Port,
                security = settings.Security.ToString().ToLowerInvariant(),
                settings.Username,
                password,
                settings.FromAddress,
                settings.FromName,
                updatedBy = StoredText.Encode(updatedBy),
            },
            cancellationToken: cancellationToken));
        await tenant.CommitAsync(cancellationToken);
        return row.ToSettings();
    }

    /// <summary>False where there are none.</summary>
    public async Task<bool> DeleteAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        var deleted = await tenant.Connection.ExecuteAsync(new CommandDefinition(
            "delete from sandbox.email_settings where tenant_id = @tenantId", new { tenantId }, cancellationToken: cancellationToken));
        await tenant.CommitAsync(cancellationToken);
        return deleted == 1;
    }

    private sealed class Row
    {
        public required string Host { get; init; }
        public required int Port { get; init; }
        public required string Security { get; init; }
        public string? Username { get; init; }
        public byte[]? Password { get; init; }
        public required string FromAddress { get; init; }
        public string? FromName { get; init; }
        public required DateTime UpdatedAt { get; init; }

        public EmailSettings ToSettings() =>
            new(Host, Port, Enum.Parse<EmailSecurity>(Security, ignoreCase: true), Username, FromAddress, FromName, new DateTimeOffset(UpdatedAt));
    }
}
