using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Entities;

/// <summary>Schema and name of a table, as the catalog spells them.</summary>
internal readonly record struct TableName(string Schema, string Name)
{
    /// <summary>Schemas that are opened to nobody, beside those whose names begin with <see cref="ClosedPrefix"/>.</summary>
    public static IReadOnlyList<string> Closed { get; } = ["sandbox", "information_schema"];

    /// <summary>How the names of PostgreSQL's own schemas begin.</summary>
    public const string ClosedPrefix = "pg_";

    public override string ToString() => $"{Schema}.{Name}";

    /// <summary>From <c>schema.table</c>. A table of ours or of PostgreSQL's is refused to everybody.</summary>
    public static Result<TableName> Parse(string? text)
    {
        if (text?.Split('.') is not [{ Length: > 0 } schema, { Length: > 0 } name] || !Text.IsStorable(text))
            return Problem.Invalid(new FieldError("table", "must be a schema and a table with a dot between them, such as shop.orders"));
        if (Closed.Contains(schema) || schema.StartsWith(ClosedPrefix, StringComparison.Ordinal))
            return Problem.Invalid(new FieldError("table", $"is in the schema {schema}, which is opened to nobody; choose a table of business data"));
        return new TableName(schema, name);
    }
}
