using System.Text.Json;
using Dapper;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Entities;

/// <summary>Entities, as their tenant.</summary>
internal sealed class EntityStore(Db db)
{
    private const string Columns = """
        select name, table_schema as TableSchema, table_name as TableName, key, tenant_column as TenantColumn, fields::text as Fields, operations,
            database, updated_at as UpdatedAt
        from sandbox.entities

        """;

    /// <summary>By name.</summary>
    public async Task<Page<Entity>> ListAsync(Guid tenantId, PageRequest page, CancellationToken cancellationToken)
    {
        var after = page.Cursor is null ? "" : Cursor.ReadKey(page.Cursor);
        const string sql = Columns + """where tenant_id = @tenantId and name collate "C" > @after order by name collate "C" limit @take""";
        var limit = Math.Clamp(page.Limit, 1, 200);
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var rows = (await transaction.Connection.QueryAsync<Row>(
            new CommandDefinition(sql, new { tenantId, after, take = limit + 1 }, cancellationToken: cancellationToken))).AsList();
        var items = rows.Take(limit).Select(row => row.ToEntity()).ToArray();
        return new Page<Entity>(items, rows.Count > limit ? Cursor.Of(items[^1].Name) : null);
    }

    /// <summary>All of a tenant, by name.</summary>
    public async Task<IReadOnlyList<Entity>> AllAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        const string sql = Columns + """where tenant_id = @tenantId order by name collate "C" """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var rows = await transaction.Connection.QueryAsync<Row>(new CommandDefinition(sql, new { tenantId }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToEntity())];
    }

    public async Task<Entity?> GetAsync(Guid tenantId, string name, CancellationToken cancellationToken)
    {
        if (!Rest.Text.IsStorable(name)) return null;
        const string sql = Columns + "where tenant_id = @tenantId and name = @name";
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var row = await transaction.Connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(sql, new { tenantId, name }, cancellationToken: cancellationToken));
        return row?.ToEntity();
    }

    /// <summary>Makes or replaces it. Null where it is no longer as the caller saw it.</summary>
    /// <param name="expected"><c>updated_at</c> the caller saw; null: whatever there is.</param>
    public async Task<StoredEntity?> PutAsync(Guid tenantId, Entity entity, DateTimeOffset? expected, CancellationToken cancellationToken)
    {
        const string put = """
            insert into sandbox.entities as e (tenant_id, name, table_schema, table_name, key, tenant_column, fields, operations, database)
            values (@tenantId, @name, @schema, @table, @key, @tenantColumn, @fields::json, @operations, @database)
            on conflict (tenant_id, name) do update
            set table_schema = excluded.table_schema, table_name = excluded.table_name, key = excluded.key, tenant_column = excluded.tenant_column,
                fields = excluded.fields, operations = excluded.operations, database = excluded.database,
                updated_at = greatest(clock_timestamp(), e.updated_at + interval '1 microsecond')
            returning xmax = 0 as Created, updated_at as UpdatedAt
            """;
        const string replace = """
            update sandbox.entities
            set table_schema = @schema, table_name = @table, key = @key, tenant_column = @tenantColumn, fields = @fields::json,
                operations = @operations, database = @database,
                updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')
            where tenant_id = @tenantId and name = @name and updated_at = @expected
            returning false as Created, updated_at as UpdatedAt
            """;
        var table = Entities.TableName.Parse(entity.Table).Value;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var written = await transaction.Connection.QuerySingleOrDefaultAsync<Written>(new CommandDefinition(expected is null ? put : replace, new
        {
            tenantId,
            entity.Name,
            schema = table.Schema,
            table = table.Name,
            entity.Key,
            entity.TenantColumn,
            fields = JsonSerializer.Serialize(entity.Fields, EntitiesJson.Default.IReadOnlyDictionaryStringEntityField),
            operations = entity.Operations.ToArray(),
            entity.Database,
            expected = expected?.UtcDateTime,
        }, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return written is null ? null : new StoredEntity(entity with { UpdatedAt = new DateTimeOffset(written.UpdatedAt) }, written.Created);
    }

    /// <summary>False where there is none.</summary>
    public async Task<bool> DeleteAsync(Guid tenantId, string name, CancellationToken cancellationToken)
    {
        const string sql = "delete from sandbox.entities where tenant_id = @tenantId and name = @name";
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var deleted = await transaction.Connection.ExecuteAsync(new CommandDefinition(sql, new { tenantId, name }, cancellationToken: cancellationToken)) == 1;
        await transaction.CommitAsync(cancellationToken);
        return deleted;
    }

    private sealed class Written
    {
        public required bool Created { get; init; }
        public required DateTime UpdatedAt { get; init; }
    }

    private sealed class Row
    {
        public required string Name { get; init; }
        public required string TableSchema { get; init; }
        public required string TableName { get; init; }
        public required string Key { get; init; }
        public string? TenantColumn { get; init; }
        public required string Fields { get; init; }
        public required string[] Operations { get; init; }
        public string? Database { get; init; }
        public required DateTime UpdatedAt { get; init; }

        public Entity ToEntity() => new()
        {
            Name = Name,
            Table = $"{TableSchema}.{TableName}",
            Key = Key,
            TenantColumn = TenantColumn,
            Fields = JsonSerializer.Deserialize(Fields, EntitiesJson.Default.IReadOnlyDictionaryStringEntityField)!,
            Operations = Operations,
            Database = Database,
            UpdatedAt = new DateTimeOffset(UpdatedAt),
        };
    }
}
