using Dapper;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Tenants;

/// <summary>Bearer tokens by the hash of their value.</summary>
internal sealed class TokenStore(Db db)
{
    private const string Columns = """
        select id, tenant_id as TenantId, name, permissions, created_at as CreatedAt, expires_at as ExpiresAt, revoked_at as RevokedAt
        from sandbox.tokens

        """;

    /// <summary>The token whose value has this SHA-256, whatever its state; null where there is none. Before the tenant is known, so as the system.</summary>
    public async Task<ApiToken?> FindAsync(byte[] hash, CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return (await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(Columns + "where hash = @hash", new { hash }, cancellationToken: cancellationToken)))?.ToToken();
    }

    /// <summary>A tenant's, or with null a superadmins'; null where there is none.</summary>
    public async Task<ApiToken?> GetAsync(Guid? tenantId, Guid id, CancellationToken cancellationToken)
    {
        const string sql = Columns + "where id = @id and tenant_id is not distinct from @tenantId";
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return (await connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(sql, new { id, tenantId }, cancellationToken: cancellationToken)))?.ToToken();
    }

    /// <summary>False where that value exists already.</summary>
    public async Task<bool> InsertAsync(ApiToken token, byte[] hash, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into sandbox.tokens (id, tenant_id, name, hash, permissions, created_at, expires_at)
            values (@id, @tenantId, @name, @hash, @permissions, @createdAt, @expiresAt)
            on conflict (hash) do nothing
            """;
        var parameters = new
        {
            token.Id,
            token.TenantId,
            name = StoredText.Encode(token.Name),
            hash,
            permissions = token.Permissions.ToArray(),
            createdAt = token.CreatedAt.UtcDateTime,
            expiresAt = token.ExpiresAt?.UtcDateTime,
        };
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)) == 1;
    }

    /// <summary>Newest first; a tenant's, or with null the superadmins'.</summary>
    public async Task<Page<ApiToken>> ListAsync(Guid? tenantId, PageRequest page, CancellationToken cancellationToken)
    {
        var before = page.Cursor is null ? new Guid(Enumerable.Repeat((byte)0xff, 16).ToArray()) : Cursor.ReadId(page.Cursor);
        const string sql = Columns + "where tenant_id is not distinct from @tenantId and id < @before order by id desc limit @take";
        var limit = Math.Clamp(page.Limit, 1, 200);
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(sql, new { tenantId, before, take = limit + 1 }, cancellationToken: cancellationToken))).AsList();
        var items = rows.Take(limit).Select(row => row.ToToken()).ToArray();
        return new Page<ApiToken>(items, rows.Count > limit ? Cursor.Of(items[^1].Id) : null);
    }

    /// <summary>False where there is none, or it is revoked already.</summary>
    public async Task<bool> RevokeAsync(Guid? tenantId, Guid id, CancellationToken cancellationToken)
    {
        const string sql = "update sandbox.tokens set revoked_at = clock_timestamp() where id = @id and tenant_id is not distinct from @tenantId and revoked_at is null";
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(sql, new { id, tenantId }, cancellationToken: cancellationToken)) == 1;
    }

    private sealed class Row
    {
        public required Guid Id { get; init; }
        public Guid? TenantId { get; init; }
        public required string Name { get; init; }
        public required string[] Permissions { get; init; }
        public required DateTime CreatedAt { get; init; }
        public DateTime? ExpiresAt { get; init; }
        public DateTime? RevokedAt { get; init; }

        public ApiToken ToToken() => new()
        {
            Id = Id,
            TenantId = TenantId,
            Name = StoredText.Decode(Name)!,
            Permissions = Permissions,
            CreatedAt = new DateTimeOffset(CreatedAt),
            ExpiresAt = ExpiresAt is { } expires ? new DateTimeOffset(expires) : null,
            RevokedAt = RevokedAt is { } revoked ? new DateTimeOffset(revoked) : null,
        };
    }
}
