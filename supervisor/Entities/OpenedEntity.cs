using System.Collections.Frozen;

namespace Sandbox.Supervisor.Entities;

/// <summary>An entity as statements are built from it: checked against the catalog of its database when it was read. Immutable.</summary>
/// <param name="Name">What scripts call it.</param>
/// <param name="Schema">As the catalog spells it.</param>
/// <param name="Table">As the catalog spells it.</param>
/// <param name="Key">Name of the key's field, which is among <paramref name="Fields"/>.</param>
/// <param name="Tenant">The tenant column; null: shared by all tenants, and read-only. Never among <paramref name="Fields"/>.</param>
/// <param name="Fields">By name.</param>
/// <param name="Operations">What is allowed.</param>
/// <param name="Database">Name of a configured database; null: the supervisor's own.</param>
internal sealed record OpenedEntity(
    string Name,
    string Schema,
    string Table,
    string Key,
    EntityColumn? Tenant,
    FrozenDictionary<string, OpenedField> Fields,
    AllowedOperations Operations,
    string? Database);

/// <summary>A column with its type.</summary>
internal sealed record EntityColumn(string Name, ColumnType Type);

/// <summary>A column that is opened.</summary>
internal sealed record OpenedField(string Name, ColumnType Type, bool Read, bool Write)
{
    /// <summary>A row may have no value.</summary>
    public bool IsNullable { get; init; }

    /// <summary>An insert may leave it out.</summary>
    public bool IsOptional { get; init; }

    /// <summary>
    /// Rows of other tables that a value of this column names, where those tables have a tenant column. PostgreSQL checks a foreign key
    /// without row-level security, so a written value must be looked up among the tenant's own rows.
    /// </summary>
    public IReadOnlyList<EntityReference> References { get; init; } = [];
}

/// <summary>The target of a foreign key of one column.</summary>
/// <param name="Column">The column that the value stands in.</param>
/// <param name="Tenant">The tenant column of the target's table.</param>
internal sealed record EntityReference(string Schema, string Table, string Column, EntityColumn Tenant);

/// <summary>What scripts may do with an entity.</summary>
[Flags]
internal enum AllowedOperations
{
    None = 0,
    Read = 1,
    Insert = 2,
    Update = 4,
    Delete = 8,
}
