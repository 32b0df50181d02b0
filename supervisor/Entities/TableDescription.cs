using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Entities;

/// <summary>A table of the catalog, as people who open it see it.</summary>
internal static class TableDescription
{
    private static readonly string[] s_tenantNames = ["tenant_id", "tenant"];

    /// <param name="table">As the catalog has it.</param>
    /// <param name="registration">By which it was opened; null: it was not.</param>
    public static EntityTable Of(BusinessTable table, RegisteredTable? registration)
    {
        var tenant = registration is null
            ? s_tenantNames.FirstOrDefault(name => EntityTableRules.IsTenantType(table.Columns.GetValueOrDefault(name)?.Type))
            : registration.TenantColumn;
        return new EntityTable
        {
            Table = new TableName(table.Schema, table.Name).ToString(),
            Kind = Kind(table.Kind),
            TenantColumn = tenant,
            TenantColumnIsGuess = registration is null,
            Key = Key(table, tenant),
            Columns = [.. table.Columns.Values.OrderBy(column => column.Place).Select(column => Column(column, table, tenant))],
        };
    }

    private static EntityTableColumn Column(BusinessColumn column, BusinessTable table, string? tenant) => new()
    {
        Name = column.Name,
        Type = column.TypeName,
        ScriptType = column.Type?.InWords,
        Nullable = column.IsNullable,
        IsKey = column.Name != tenant && table.UniqueKeys.Any(columns => EntityTableRules.IsKey(columns, column.Name, tenant)),
        IsGenerated = column.IsGenerated,
        MayHoldTenant = EntityTableRules.IsTenantType(column.Type),
    };

    /// <summary>Of the primary key where there is one; a view has no keys, and there the name is all there is to go by.</summary>
    private static string? Key(BusinessTable table, string? tenant)
    {
        var usable = table.Columns.Values
            .Where(column => column.Type is not null && column.Name != tenant)
            .OrderBy(column => column.Place)
            .ToArray();
        return table.UniqueKeys
            .Select(columns => usable.FirstOrDefault(column => EntityTableRules.IsKey(columns, column.Name, tenant))?.Name)
            .FirstOrDefault(name => name is not null)
            ?? (table.Kind == TableKind.Table ? null : usable.FirstOrDefault(column => column.Name == "id")?.Name);
    }

    private static string Kind(TableKind kind) => kind switch
    {
        TableKind.Table => "table",
        TableKind.View => "view",
        TableKind.Foreign => "foreign_table",
        _ => throw new InvalidOperationException(kind.ToString()),
    };
}
