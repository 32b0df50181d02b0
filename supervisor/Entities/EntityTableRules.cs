using System.Collections.Frozen;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Entities;

/// <summary>Whether an entity fits its table, which is asked when it is written and again whenever it is loaded.</summary>
internal static class EntityTableRules
{
    /// <summary>As statements are built from it, or a 422 by field.</summary>
    /// <param name="referenced">The targets of the table's foreign keys, without the table itself.</param>
    public static Result<OpenedEntity> Open(Entity entity, BusinessTable table, IReadOnlyDictionary<TableName, ReferencedTable> referenced)
    {
        var errors = new List<FieldError>();
        var tenant = Tenant(entity, table, errors);
        Key(entity, table, errors);
        View(entity, table, errors);
        var fields = new List<OpenedField>();
        foreach (var (name, field) in entity.Fields)
        {
            if (Field(name, field, table, errors) is { } opened)
                fields.Add(opened with { References = field.Write ? References(entity, table, name, tenant, referenced, errors) : [] });
        }

        if (errors.Count > 0) return Problem.Invalid([.. errors]);
        return new OpenedEntity(
            entity.Name, table.Schema, table.Name, entity.Key, tenant, fields.ToFrozenDictionary(field => field.Name, StringComparer.Ordinal),
            entity.Operations.Aggregate(AllowedOperations.None, (all, operation) => all | Operation(operation)), entity.Database);
    }

    /// <summary>A superadmin may name any table of business data, and everybody else those that a superadmin has opened.</summary>
    public static bool MayName(Principal principal, RegisteredTable? registration) => principal.Superadmin || registration is not null;

    /// <summary>Whether a column of this type can hold a tenant's id.</summary>
    public static bool IsTenantType(ColumnType? type) =>
        type is { IsArray: false, Kind: ColumnKind.Uuid } or { IsArray: false, Kind: ColumnKind.Text, SqlName: "text" or "character varying" };

    /// <summary>Whether this unique key has the column alone, or together with the tenant column.</summary>
    public static bool IsKey(IReadOnlyList<string> columns, string key, string? tenantColumn) =>
        columns.Contains(key, StringComparer.Ordinal) && columns.All(column => column == key || column == tenantColumn);

    private static EntityColumn? Tenant(Entity entity, BusinessTable table, List<FieldError> errors)
    {
        if (entity.TenantColumn is not { } name) return null;
        if (table.Columns.GetValueOrDefault(name) is not { } column)
        {
            errors.Add(new FieldError("tenant_column", NoColumn(table, name)));
            return null;
        }

        if (IsTenantType(column.Type)) return new EntityColumn(name, column.Type!);
        errors.Add(new FieldError("tenant_column", $"is of the type {column.TypeName}; it must be uuid, text or varchar, to hold a tenant's id"));
        return null;
    }

    private static void Key(Entity entity, BusinessTable table, List<FieldError> errors)
    {
        if (!table.Columns.ContainsKey(entity.Key))
        {
            errors.Add(new FieldError("key", NoColumn(table, entity.Key)));
            return;
        }

        // A view has no keys, and those of a foreign table are unknown here: there the operator's word counts.
        if (table.Kind == TableKind.Table && !table.UniqueKeys.Any(columns => IsKey(columns, entity.Key, entity.TenantColumn)))
        {
            var with = entity.TenantColumn is { } tenant ? $", alone or together with {tenant}" : "";
            errors.Add(new FieldError("key", $"'{entity.Key}' is not unique; choose a column with a primary key or a unique index{with}, or make one"));
        }
    }

    private static void View(Entity entity, BusinessTable table, List<FieldError> errors)
    {
        if (table.Kind != TableKind.View) return;
        if (entity.Operations.Any(operation => operation != EntityOperations.Read))
            errors.Add(new FieldError("operations", $"must be read alone: {table.Schema}.{table.Name} is a view"));
        foreach (var (name, _) in entity.Fields.Where(field => field.Value.Write))
            errors.Add(new FieldError($"fields.{name}.write", $"must be false: {table.Schema}.{table.Name} is a view"));
    }

    private static OpenedField? Field(string name, EntityField field, BusinessTable table, List<FieldError> errors)
    {
        if (table.Columns.GetValueOrDefault(name) is not { } column)
        {
            errors.Add(new FieldError($"fields.{name}", NoColumn(table, name)));
            return null;
        }

        if (column.Type is null)
        {
            errors.Add(new FieldError($"fields.{name}", $"is of the type {column.TypeName}, which scripts cannot use; leave it out, or open a view that casts it"));
            return null;
        }

        if (field.Write && column.IsGenerated)
        {
            errors.Add(new FieldError($"fields.{name}.write", "must be false: PostgreSQL itself generates the column"));
            return null;
        }

        return new OpenedField(name, column.Type, field.Read, field.Write)
        {
            IsNullable = column.IsNullable,
            IsOptional = column.IsNullable || column.HasDefault,
        };
    }

    /// <summary>
    /// PostgreSQL checks a foreign key without row-level security. So a script could name another tenant's row by a writable field, unless
    /// the key holds the tenant column too or the statement looks the value up among the tenant's own rows.
    /// </summary>
    private static List<EntityReference> References(
        Entity entity, BusinessTable table, string field, EntityColumn? tenant, IReadOnlyDictionary<TableName, ReferencedTable> referenced, List<FieldError> errors)
    {
        var references = new List<EntityReference>();
        foreach (var key in table.ForeignKeys.Where(key => key.Columns.Contains(field, StringComparer.Ordinal)))
        {
            var name = new TableName(key.Schema, key.Table);
            var target = key.Schema == table.Schema && key.Table == table.Name
                ? new ReferencedTable(table, IsRegistered: true, entity.TenantColumn)
                : referenced.GetValueOrDefault(name);
            if (target is null)
            {
                errors.Add(new FieldError($"fields.{field}.write", $"refers to {name}, which cannot be read from the catalog; make the field read-only"));
                continue;
            }

            var column = target.IsRegistered ? target.TenantColumn : tenant?.Name;
            if (column is null || (!target.IsRegistered && !target.Table.Columns.ContainsKey(column))) continue;
            if (key.Columns.Zip(key.TargetColumns).Any(pair => pair.First == tenant?.Name && pair.Second == column)) continue;
            if (!target.IsRegistered)
                errors.Add(new FieldError($"fields.{field}.write", $"refers to {name}, which has rows of several tenants and is not opened; a superadmin must open {name} as an entity first, or make the field read-only"));
            else if (key.Columns.Count > 1)
                errors.Add(new FieldError($"fields.{field}.write", $"refers to {name} by a key of several columns without {tenant?.Name}; add the tenant column to that foreign key, or make the field read-only"));
            else if (!IsTenantType(target.Table.Columns.GetValueOrDefault(column)?.Type))
                errors.Add(new FieldError($"fields.{field}.write", $"refers to {name}, whose tenant column {column} is gone or of another type; a superadmin must open {name} anew"));
            else
                references.Add(new EntityReference(name.Schema, name.Name, key.TargetColumns[0], new EntityColumn(column, target.Table.Columns[column].Type!)));
        }

        return references;
    }

    private static AllowedOperations Operation(string name) => name switch
    {
        EntityOperations.Read => AllowedOperations.Read,
        EntityOperations.Insert => AllowedOperations.Insert,
        EntityOperations.Update => AllowedOperations.Update,
        EntityOperations.Delete => AllowedOperations.Delete,
        _ => throw new InvalidOperationException($"The operation '{name}' was stored, and there is none of that name."),
    };

    private static string NoColumn(BusinessTable table, string name) =>
        $"names '{name}', and {table.Schema}.{table.Name} has no such column; there are {string.Join(", ", table.Columns.Keys.Order(StringComparer.Ordinal))}";
}
