using System.Globalization;
using System.Text;
using Sandbox.Supervisor.Entities;

namespace Sandbox.Supervisor.Types;

/// <summary>Entities as TypeScript: the interface <c>SandboxEntities</c>, with a member for each.</summary>
internal static class DeclaredEntities
{
    private const string Text = "string";

    public static string Of(IReadOnlyList<OpenedEntity> entities)
    {
        var text = new StringBuilder("\n/** The entities of this tenant. */\ninterface SandboxEntities {\n");
        foreach (var entity in entities) Append(text, entity);
        return text.Append("}\n").ToString();
    }

    private static void Append(StringBuilder text, OpenedEntity entity)
    {
        var fields = entity.Fields.Values.OrderBy(field => field.Name, StringComparer.Ordinal).ToArray();
        var readable = fields.Where(field => field.Read).ToArray();
        text.Append(CultureInfo.InvariantCulture, $"  {Literal(entity.Name)}: {{\n    operations: {Operations(entity.Operations)};\n");
        text.Append(CultureInfo.InvariantCulture, $"    key: {Taken(entity.Fields[entity.Key].Type)};\n");
        Append(text, "row", readable, field => $": {Given(field.Type)}{(field.IsNullable ? " | null" : "")}");
        Append(text, "where", readable, field => $": {Taken(field.Type)}");
        Append(text, "insert", fields.Where(field => field.Write),
            field => $"{(field.IsOptional ? "?" : "")}: {Taken(field.Type)}{(field.IsNullable ? " | null" : "")}");
        text.Append("  };\n");
    }

    private static void Append(StringBuilder text, string part, IEnumerable<OpenedField> fields, Func<OpenedField, string> type)
    {
        text.Append(CultureInfo.InvariantCulture, $"    {part}: {{\n");
        foreach (var field in fields) text.Append(CultureInfo.InvariantCulture, $"      {Literal(field.Name)}{type(field)};\n");
        text.Append("    };\n");
    }

    private static string Operations(AllowedOperations allowed)
    {
        var operations = Enum.GetValues<AllowedOperations>().Where(one => one != AllowedOperations.None && allowed.HasFlag(one));
        return string.Join(" | ", operations.Select(one => Literal(one.ToString().ToLowerInvariant())));
    }

    /// <summary>The type of a value that a script reads.</summary>
    private static string Given(ColumnType type) => InArray(type, type.Kind switch
    {
        ColumnKind.Boolean => "boolean",
        ColumnKind.Integer or ColumnKind.Float or ColumnKind.Decimal => "number",
        ColumnKind.Bigint or ColumnKind.WideDecimal or ColumnKind.Text or ColumnKind.Uuid or ColumnKind.Bytes => Text,
        ColumnKind.Date or ColumnKind.Timestamp or ColumnKind.TimestampTz or ColumnKind.Time => Text,
        ColumnKind.Json => "any",
        ColumnKind.Enum => type.Labels.Count == 0 ? Text : string.Join(" | ", type.Labels.Select(Literal)),
        _ => throw new InvalidOperationException($"Unknown kind {type.Kind}."),
    });

    /// <summary>The type of a value that a script writes or compares with.</summary>
    private static string Taken(ColumnType type) =>
        type.Kind is ColumnKind.Bigint or ColumnKind.Decimal or ColumnKind.WideDecimal ? InArray(type, "string | number") : Given(type);

    private static string InArray(ColumnType type, string element) => type.IsArray ? $"({element})[]" : element;

    /// <summary>
    /// A string literal. Names come from an administrator, so only letters, digits, underscores, blanks and hyphens stay as they are. Any
    /// other character is escaped: it cannot end the literal, the line or a comment, or turn the direction of the text.
    /// </summary>
    private static string Literal(string name)
    {
        var literal = new StringBuilder("'");
        foreach (var character in name)
        {
            if (char.IsLetterOrDigit(character) || character is '_' or ' ' or '-') literal.Append(character);
            else literal.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }

        return literal.Append('\'').ToString();
    }
}
