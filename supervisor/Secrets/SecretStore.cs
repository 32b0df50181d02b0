using Dapper;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Secrets;

/// <summary>Encrypted values by tenant and name.</summary>
internal sealed class SecretStore(Db db)
{
    /// <summary>Secrets of a tenant.</summary>
    public const int CountMax = 1_000;

    public async Task<Page<Secret>> ListAsync(Guid tenantId, PageRequest page, CancellationToken cancellationToken)
    {
        const string sql = """
            select name, created_at as CreatedAt, updated_at as UpdatedAt
            from sandbox.secrets where tenant_id = @tenantId and name > @after order by name limit @take
            """;
        var after = page.Cursor is null ? "" : Cursor.ReadKey(page.Cursor);
        var limit = Math.Clamp(page.Limit, 1, 200);
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        var rows = (await tenant.Connection.QueryAsync<Row>(
            new CommandDefinition(sql, new { tenantId, after, take = limit + 1 }, cancellationToken: cancellationToken))).AsList();
        var items = rows.Take(limit).Select(row => row.ToSecret()).ToArray();
        return new Page<Secret>(items, rows.Count > limit ? Cursor.Of(items[^1].Name) : null);
    }

    public async Task<Secret?> GetAsync(Guid tenantId, string name, CancellationToken cancellationToken)
    {
        const string sql = """
            select name, created_at as CreatedAt, updated_at as UpdatedAt
            from sandbox.secrets where tenant_id = @tenantId and name = @name
            """;
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        return (await tenant.Connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(sql, new { tenantId, name }, cancellationToken: cancellationToken)))?.ToSecret();
    }

    /// <summary>The encrypted value; null where there is none.</summary>
    public async Task<byte[]?> CipherAsync(Guid tenantId, string name, CancellationToken cancellationToken)
    {
        const string sql = "select cipher from sandbox.secrets where tenant_id = @tenantId and name = @name";
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        return await tenant.Connection.ExecuteScalarAsync<byte[]?>(
            new CommandDefinition(sql, new { tenantId, name }, cancellationToken: cancellationToken));
    }

    /// <summary>The secret as it is now, and whether it is new; null where the tenant has as many as it may.</summary>
    public async Task<(Secret Secret, bool IsNew)?> PutAsync(
        Guid tenantId, string name, byte[] cipher, string updatedBy, CancellationToken cancellationToken)
    {
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);

        // Writers of one tenant go one by one, so that none of them counts too few.
        await tenant.Connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(hashtextextended('sandbox secrets ' || @tenantId::text, 0))",
            new { tenantId },
            cancellationToken: cancellationToken));
        const string update = """
            update sandbox.secrets set cipher = @cipher, updated_at = clock_timestamp(), updated_by = @updatedBy
            where tenant_id = @tenantId and name = @name
            returning name, created_at as CreatedAt, updated_at as UpdatedAt
            """;
        const string insert = """
            insert into sandbox.secrets (tenant_id, name, cipher, updated_by)
            select @tenantId, @name, @cipher, @updatedBy
            where (select count(*) from sandbox.secrets where tenant_id = @tenantId) < @countMax
            returning name, created_at as CreatedAt, updated_at as UpdatedAt
            """;
        var parameters = new { tenantId, name, cipher, updatedBy = StoredText.Encode(updatedBy), countMax = CountMax };
        var changed = await tenant.Connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(update, parameters, cancellationToken: cancellationToken));
        var written = changed ?? await tenant.Connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(insert, parameters, cancellationToken: cancellationToken));
        await tenant.CommitAsync(cancellationToken);
        return written is null ? null : (written.ToSecret(), changed is null);
    }

    /// <summary>False where there is none.</summary>
    public async Task<bool> DeleteAsync(Guid tenantId, string name, CancellationToken cancellationToken)
    {
        await using var tenant = await db.TenantAsync(tenantId, cancellationToken);
        var deleted = await tenant.Connection.ExecuteAsync(new CommandDefinition(
            "delete from sandbox.secrets where tenant_id = @tenantId and name = @name",
            new { tenantId, name },
            cancellationToken: cancellationToken));
        await tenant.CommitAsync(cancellationToken);
        return deleted == 1;
    }

    private sealed class Row
    {
        public required string Name { get; init; }
        public required DateTime CreatedAt { get; init; }
        public required DateTime UpdatedAt { get; init; }

        public Secret ToSecret() => new(Name, new DateTimeOffset(CreatedAt), new DateTimeOffset(UpdatedAt));
    }
}
