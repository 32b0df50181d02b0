using Dapper;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Connections;

/// <summary>Connections by tenant and name, their secrets encrypted.</summary>
internal sealed class ConnectionStore(Db db)
{
    /// <summary>Connections of a tenant.</summary>
    public const int CountMax = 1_000;

    public async Task<Page<Connection>> ListAsync(Guid tenantId, PageRequest page, CancellationToken cancellationToken)
    {
        const string sql = """
            select name, type, hosts, header, username, parameter, token_url as TokenUrl, client_id as ClientId, scope, audience, auth,
                null::bytea as Cipher, created_at as CreatedAt, updated_at as UpdatedAt
            from sandbox.connections where tenant_id = @tenantId and name > @after order by name limit @take
            """;
        var after = page.Cursor is null ? "" : Cursor.ReadKey(page.Cursor);
        var limit = Math.Clamp(page.Limit, 1, 200);
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        var rows = (await tenant.Connection.QueryAsync<Row>(
            new CommandDefinition(sql, new { tenantId, after, take = limit + 1 }, cancellationToken: cancellationToken))).AsList();
        var items = rows.Take(limit).Select(row => row.ToConnection()).ToArray();
        return new Page<Connection>(items, rows.Count > limit ? Cursor.Of(items[^1].Name) : null);
    }

    /// <summary>With its encrypted secret; null where there is none.</summary>
    public async Task<(Connection Connection, byte[] Cipher)?> GetAsync(Guid tenantId, string name, CancellationToken cancellationToken)
    {
        const string sql = """
            select name, type, hosts, header, username, parameter, token_url as TokenUrl, client_id as ClientId, scope, audience, auth,
                cipher, created_at as CreatedAt, updated_at as UpdatedAt
            from sandbox.connections where tenant_id = @tenantId and name = @name
            """;
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        return await tenant.Connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(sql, new { tenantId, name }, cancellationToken: cancellationToken)) is { } row
            ? (row.ToConnection(), row.Cipher!)
            : null;
    }

    /// <summary>The connection as it is now, and whether it is new; null where the tenant has as many as it may.</summary>
    public async Task<(Connection Connection, bool IsNew)?> PutAsync(
        Guid tenantId, Connection connection, byte[] cipher, string updatedBy, CancellationToken cancellationToken)
    {
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);

        // Writers of one tenant go one by one, so that none of them counts too few.
        await tenant.Connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(hashtextextended('sandbox connections ' || @tenantId::text, 0))",
            new { tenantId },
            cancellationToken: cancellationToken));
        const string update = """
            update sandbox.connections set type = @type, hosts = @hosts, header = @header, username = @username, parameter = @parameter,
                token_url = @tokenUrl, client_id = @clientId, scope = @scope, audience = @audience, auth = @auth, cipher = @cipher,
                updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond'), updated_by = @updatedBy
            where tenant_id = @tenantId and name = @name
            returning created_at as CreatedAt, updated_at as UpdatedAt
            """;
        const string insert = """
            insert into sandbox.connections (tenant_id, name, type, hosts, header, username, parameter, token_url, client_id, scope,
                audience, auth, cipher, updated_by)
            select @tenantId, @name, @type, @hosts, @header, @username, @parameter, @tokenUrl, @clientId, @scope, @audience, @auth,
                @cipher, @updatedBy
            where (select count(*) from sandbox.connections where tenant_id = @tenantId) < @countMax
            returning created_at as CreatedAt, updated_at as UpdatedAt
            """;
        var parameters = new
        {
            tenantId,
            name = connection.Name,
            type = EnumText<ConnectionType>.Of(connection.Type),
            hosts = connection.Hosts.ToArray(),
            header = connection.Header,
            username = connection.Username,
            parameter = connection.Parameter,
            tokenUrl = connection.TokenUrl,
            clientId = connection.ClientId,
            scope = connection.Scope,
            audience = connection.Audience,
            auth = EnumText<ConnectionAuth>.Of(connection.Auth),
            cipher,
            updatedBy = StoredText.Encode(updatedBy),
            countMax = CountMax,
        };
        var changed = await tenant.Connection.QuerySingleOrDefaultAsync<Times>(
            new CommandDefinition(update, parameters, cancellationToken: cancellationToken));
        var written = changed ?? await tenant.Connection.QuerySingleOrDefaultAsync<Times>(
            new CommandDefinition(insert, parameters, cancellationToken: cancellationToken));
        await tenant.CommitAsync(cancellationToken);
        if (written is null) return null;
        var (createdAt, updatedAt) = (new DateTimeOffset(written.CreatedAt), new DateTimeOffset(written.UpdatedAt));
        return (connection with { CreatedAt = createdAt, UpdatedAt = updatedAt }, changed is null);
    }

    /// <summary>False where there is none.</summary>
    public async Task<bool> DeleteAsync(Guid tenantId, string name, CancellationToken cancellationToken)
    {
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        var deleted = await tenant.Connection.ExecuteAsync(new CommandDefinition(
            "delete from sandbox.connections where tenant_id = @tenantId and name = @name",
            new { tenantId, name },
            cancellationToken: cancellationToken));
        await tenant.CommitAsync(cancellationToken);
        return deleted == 1;
    }

    private sealed class Times
    {
        public required DateTime CreatedAt { get; init; }
        public required DateTime UpdatedAt { get; init; }
    }

    private sealed class Row
    {
        public required string Name { get; init; }
        public required string Type { get; init; }
        public required string[] Hosts { get; init; }
        public string? Header { get; init; }
        public string? Username { get; init; }
        public string? Parameter { get; init; }
        public string? TokenUrl { get; init; }
        public string? ClientId { get; init; }
        public string? Scope { get; init; }
        public string? Audience { get; init; }
        public string? Auth { get; init; }
        public byte[]? Cipher { get; init; }
        public required DateTime CreatedAt { get; init; }
        public required DateTime UpdatedAt { get; init; }

        public Connection ToConnection() => new()
        {
            Name = Name,
            Type = EnumText<ConnectionType>.Parse(Type),
            Hosts = Hosts,
            Header = Header,
            Username = Username,
            Parameter = Parameter,
            TokenUrl = TokenUrl,
            ClientId = ClientId,
            Scope = Scope,
            Audience = Audience,
            Auth = Auth is null ? null : EnumText<ConnectionAuth>.Parse(Auth),
            CreatedAt = new DateTimeOffset(CreatedAt),
            UpdatedAt = new DateTimeOffset(UpdatedAt),
        };
    }
}
