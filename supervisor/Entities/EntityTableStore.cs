using Dapper;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Entities;

/// <summary>The tables that the operator has opened; the system's work, whoever may ask for it.</summary>
internal sealed class EntityTableStore(Db db)
{
    /// <summary>Null where it was never opened.</summary>
    public async Task<RegisteredTable?> FindAsync(string? database, TableName table, CancellationToken cancellationToken)
    {
        const string sql = """
            select tenant_column as TenantColumn from sandbox.entity_tables
            where database = @database and table_schema = @schema and table_name = @name
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<RegisteredTable>(new CommandDefinition(
            sql, new { database = database ?? "", schema = table.Schema, name = table.Name }, cancellationToken: cancellationToken));
    }

    /// <summary>Those of a database, by name.</summary>
    public async Task<IReadOnlyDictionary<TableName, RegisteredTable>> ListAsync(string? database, CancellationToken cancellationToken)
    {
        const string sql = """
            select table_schema as Schema, table_name as Name, tenant_column as TenantColumn from sandbox.entity_tables
            where database = @database
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(sql, new { database = database ?? "" }, cancellationToken: cancellationToken));
        return rows.ToDictionary(row => new TableName(row.Schema, row.Name), row => new RegisteredTable { TenantColumn = row.TenantColumn });
    }

    /// <summary>A table that is opened already gets this tenant column. Without a difference nothing is written.</summary>
    public async Task RegisterAsync(string? database, TableName table, string? tenantColumn, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into sandbox.entity_tables as t (database, table_schema, table_name, tenant_column)
            values (@database, @schema, @name, @tenantColumn)
            on conflict (database, table_schema, table_name) do update
            set tenant_column = excluded.tenant_column, updated_at = clock_timestamp()
            where t.tenant_column is distinct from excluded.tenant_column
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            sql, new { database = database ?? "", schema = table.Schema, name = table.Name, tenantColumn }, cancellationToken: cancellationToken));
    }

    private sealed class Row
    {
        public required string Schema { get; init; }
        public required string Name { get; init; }
        public string? TenantColumn { get; init; }
    }
}
