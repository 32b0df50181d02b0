using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Settings;

/// <summary>The form that opens a table, or changes how it is opened.</summary>
/// <param name="Page">Where the form stands.</param>
/// <param name="Entity">As it is stored; null: a new one.</param>
/// <param name="Table">As its database has it now; null: it cannot be seen.</param>
/// <param name="Database">Null: the product's own.</param>
public sealed record EntityForm(TenantPage Page, Entity? Entity, EntityTable? Table, string? Database)
{
    /// <summary>The columns of the table, then those that the entity opens and that are gone.</summary>
    public IReadOnlyList<EntityFormRow> Rows { get; } =
    [
        .. Table?.Columns.Select(column => EntityFormRow.Of(column, Table, Entity)) ?? [],
        .. Entity?.Fields.Where(field => Table?.Columns.Any(column => column.Name == field.Key) is not true)
            .OrderBy(field => field.Key, StringComparer.Ordinal)
            .Select(field => EntityFormRow.Unseen(field.Key, field.Value, isGone: Table is not null)) ?? [],
    ];

    public string TableName => Entity?.Table ?? Table?.Table ?? "";

    public string? TenantColumn => Entity is null ? Table?.TenantColumn : Entity.TenantColumn;

    /// <summary>A tenant's administrator opens a table by the tenant column that a superadmin chose.</summary>
    public bool TenantColumnIsFixed => Table is null || !Page.Reader.Superadmin;

    /// <summary>Neither a view nor a table that all tenants share is written to.</summary>
    public bool IsReadOnly => Table is { Kind: "view" } || (TenantColumnIsFixed && TenantColumn is null);

    public string? Key => Entity?.Key ?? Table?.Key;

    /// <summary>What may be chosen as the key: of a view and a foreign table any column, because its keys are not known.</summary>
    public IEnumerable<string> Keys =>
        Table is null ? Rows.Select(row => row.Name)
        : Table.Columns
            .Where(column => column.ScriptType is not null && (column.IsKey || Table.Kind != "table"))
            .Select(column => column.Name);

    public IEnumerable<string> TenantColumns => Table?.Columns.Where(column => column.MayHoldTenant).Select(column => column.Name) ?? [];

    public bool Has(string operation) => Entity is null ? operation == EntityOperations.Read : Entity.Operations.Contains(operation);
}
