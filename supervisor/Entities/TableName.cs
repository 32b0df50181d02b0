using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Entities;

/// <summary>Schema and name of a table, as the catalog spells them.</summary>
internal readonly record struct TableName(string Schema, string Name)
{
    private static readonly string[] s_closed = ["sandbox", "information_schema"];

    public override string ToString() => $"{Schema}.{Name}";

    /// <summary>From <c>schema.table</c>. A table of ours or of PostgreSQL's is refused to everybody.</summary>
    public static Result<TableName> Parse(string? text)
    {
        if (text?.Split('.') is not [{ Length: > 0 } schema, { Length: > 0 } name] || !Text.IsStorable(text))
            return Problem.Invalid(new FieldError("table", "must be a schema and a table with a dot between them, such as shop.orders"));
        if (s_closed.Contains(schema) || schema.StartsWith("pg_", StringComparison.Ordinal))
            return Problem.Invalid(new FieldError("table", $"is in the schema {schema}, which is opened to nobody; choose a table of business data"));
        return new TableName(schema, name);
    }
}
