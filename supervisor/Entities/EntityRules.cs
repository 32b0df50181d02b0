using System.Text.RegularExpressions;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Entities;

/// <summary>What can be said of an entity without looking at its table.</summary>
internal static partial class EntityRules
{
    /// <summary><c>/entities/tables</c> lists the tables that entities may name.</summary>
    private const string Reserved = "tables";

    /// <summary>The entity, or a 422 by field.</summary>
    public static Result<Entity> Read(string name, EntityWrite write)
    {
        var errors = new List<FieldError>();
        if (!Name().IsMatch(name))
            errors.Add(new FieldError("name", "must be 1 to 63 characters: lower-case letters, digits and underscores, beginning with a letter"));
        if (name == Reserved) errors.Add(new FieldError("name", $"must not be '{Reserved}', which is an address of the API; choose another"));
        if (TableName.Parse(write.Table).Problem is { } unnamed) errors.AddRange(unnamed.Errors);
        if (string.IsNullOrEmpty(write.Key)) errors.Add(new FieldError("key", "is missing; name the column that identifies a row within the tenant"));
        if (write.TenantColumn is { Length: 0 }) errors.Add(new FieldError("tenant_column", "must name a column, or be null for a table that all tenants share"));
        var fields = write.Fields ?? new Dictionary<string, EntityField>();
        Fields(write, fields, errors);
        Operations(write, errors);
        if (errors.Count > 0) return Problem.Invalid([.. errors]);

        return new Entity
        {
            Name = name,
            Table = write.Table!,
            Key = write.Key!,
            TenantColumn = write.TenantColumn,
            Fields = fields,
            Operations = EntityOperations.All.Where(write.Operations!.Contains).ToArray(),
            Database = write.Database,
        };
    }

    private static void Fields(EntityWrite write, IReadOnlyDictionary<string, EntityField> fields, List<FieldError> errors)
    {
        if (fields.Count == 0) errors.Add(new FieldError("fields", "is missing; name the columns that scripts may use"));
        foreach (var (column, field) in fields)
        {
            if (field is { Read: false, Write: false }) errors.Add(new FieldError($"fields.{column}", "opens nothing; set read or write, or leave it out"));
            if (column == write.TenantColumn)
                errors.Add(new FieldError($"fields.{column}", "is the tenant column, which the supervisor alone reads and writes; leave it out"));
            if (write.TenantColumn is null && field.Write)
                errors.Add(new FieldError($"fields.{column}.write", "must be false: a table without tenant_column is shared by all tenants, and read-only"));
        }

        if (string.IsNullOrEmpty(write.Key)) return;
        if (write.Key == write.TenantColumn) errors.Add(new FieldError("key", "is the tenant column; name the column that identifies a row within the tenant"));
        else if (fields.Count > 0 && fields.GetValueOrDefault(write.Key) is not { Read: true })
            errors.Add(new FieldError("key", $"must be readable; add '{write.Key}' to fields with read: true"));
    }

    private static void Operations(EntityWrite write, List<FieldError> errors)
    {
        var operations = write.Operations ?? [];
        if (operations.Count == 0) errors.Add(new FieldError("operations", $"must be at least one of {string.Join(", ", EntityOperations.All)}"));
        if (operations.Except(EntityOperations.All).FirstOrDefault() is { } unknown)
            errors.Add(new FieldError("operations", $"has '{unknown}'; there are {string.Join(", ", EntityOperations.All)}"));
        else if (write.TenantColumn is null && operations.Any(operation => operation != EntityOperations.Read))
            errors.Add(new FieldError("operations", "must be read alone: a table without tenant_column is shared by all tenants, and read-only"));
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,62}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
