namespace Sandbox.Supervisor.Entities;

/// <summary>A table as the catalog of its database describes it.</summary>
/// <param name="Columns">By name.</param>
/// <param name="UniqueKeys">Columns of the primary key, then of each other unique index without condition.</param>
internal sealed record BusinessTable(
    string Schema,
    string Name,
    TableKind Kind,
    IReadOnlyDictionary<string, BusinessColumn> Columns,
    IReadOnlyList<IReadOnlyList<string>> UniqueKeys,
    IReadOnlyList<BusinessForeignKey> ForeignKeys);

/// <summary>A column of a <see cref="BusinessTable"/>.</summary>
/// <param name="Type">Null: a type whose values no script can have.</param>
/// <param name="TypeName">As PostgreSQL shows it.</param>
/// <param name="IsGenerated">Its value is PostgreSQL's own: generated, or an identity <c>always</c>.</param>
internal sealed record BusinessColumn(string Name, ColumnType? Type, string TypeName, bool IsGenerated)
{
    /// <summary>PostgreSQL does not refuse null; so it is for each column of a view.</summary>
    public bool IsNullable { get; init; }

    /// <summary>Its number in the table's own order; there may be gaps.</summary>
    public int Place { get; init; }

    /// <summary>PostgreSQL has a value where an insert gives none.</summary>
    public bool HasDefault { get; init; }
}

/// <summary>A foreign key of a <see cref="BusinessTable"/>; the columns of both sides pair by their place.</summary>
internal sealed record BusinessForeignKey(IReadOnlyList<string> Columns, string Schema, string Table, IReadOnlyList<string> TargetColumns);

/// <summary>What can be opened.</summary>
internal enum TableKind
{
    /// <summary>Partitioned ones included.</summary>
    Table = 1,

    /// <summary>Read only.</summary>
    View,

    /// <summary>Its unique keys are unknown here.</summary>
    Foreign,
}
