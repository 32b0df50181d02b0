namespace Sandbox.Protocol.Api;

/// <summary>A table, view or foreign table that an entity may name. It tells of columns alone, never of values.</summary>
public sealed record EntityTable
{
    /// <summary><c>schema.table</c>, as PostgreSQL's catalog spells them.</summary>
    public required string Table { get; init; }

    /// <summary><c>table</c>, <c>view</c> (read only) or <c>foreign_table</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The column by which the table was opened, or a guess; null: none.</summary>
    public string? TenantColumn { get; init; }

    /// <summary>No superadmin opened the table yet, so that the tenant column is a guess by name and type.</summary>
    public bool TenantColumnIsGuess { get; init; }

    /// <summary>The column that an entity would have as its key; null: none stands out.</summary>
    public string? Key { get; init; }

    /// <summary>In the table's own order.</summary>
    public required IReadOnlyList<EntityTableColumn> Columns { get; init; }
}

/// <summary>A column of an <see cref="EntityTable"/>.</summary>
public sealed record EntityTableColumn
{
    public required string Name { get; init; }

    /// <summary>As PostgreSQL shows it.</summary>
    public required string Type { get; init; }

    /// <summary>What a script sees of it, in words; null: scripts cannot use the column.</summary>
    public string? ScriptType { get; init; }

    public bool Nullable { get; init; }

    /// <summary>It identifies a row, alone or together with the tenant column.</summary>
    public bool IsKey { get; init; }

    /// <summary>PostgreSQL itself makes its value, so that no script writes it.</summary>
    public bool IsGenerated { get; init; }

    /// <summary>Its type can hold a tenant's id.</summary>
    public bool MayHoldTenant { get; init; }
}

/// <summary>Which tables to list.</summary>
/// <param name="Database">A database of <c>Sandbox:Databases</c>; null: the supervisor's own.</param>
/// <param name="Text">Part of <c>schema.table</c>, in any case; null: any.</param>
public sealed record EntityTableFilter(string? Database = null, string? Text = null);

/// <summary>
/// The tables that entities may name. A superadmin sees those that the supervisor may read; a tenant's administrator those among them that
/// a superadmin has opened. Every call asks for <see cref="Permissions.SettingsManage"/>.
/// </summary>
public interface IEntityTables
{
    /// <summary>By schema and name. Partitions are left out: their table stands for them.</summary>
    Task<Result<Page<EntityTable>>> ListAsync(
        Principal principal, EntityTableFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary>404 where an entity of this principal may not name it, or there is none.</summary>
    Task<Result<EntityTable>> GetAsync(Principal principal, string? database, string table, CancellationToken cancellationToken);

    /// <summary>Names of the databases beside the supervisor's own.</summary>
    Task<Result<IReadOnlyList<string>>> DatabasesAsync(Principal principal, CancellationToken cancellationToken);
}
