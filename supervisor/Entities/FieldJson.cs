using System.Text;
using System.Text.Json;
using Sandbox.Protocol.Text;

namespace Sandbox.Supervisor.Entities;

/// <summary>PostgreSQL's text of a value as the JSON that a script is given.</summary>
internal static class FieldJson
{
    /// <summary>What is selected so that <see cref="Append"/> can read it: text; of an array the JSON text of its elements' texts.</summary>
    public static string Selected(string column, ColumnType type) => (type.IsArray, type.Kind) switch
    {
        (false, _) => $"{column}::text",
        (true, ColumnKind.Json) => $"to_json({column})::text",
        (true, _) => $"to_json({column}::text[])::text",
    };

    public static void Append(StringBuilder json, string? text, ColumnType type)
    {
        if (text is null)
        {
            json.Append("null");
            return;
        }

        if (!type.IsArray)
        {
            AppendScalar(json, text, type.Kind);
            return;
        }

        if (type.Kind == ColumnKind.Json)
        {
            json.Append(text);
            return;
        }

        using var elements = JsonDocument.Parse(text);
        json.Append('[');
        var first = true;
        foreach (var element in elements.RootElement.EnumerateArray())
        {
            if (!first) json.Append(',');
            first = false;
            if (element.ValueKind == JsonValueKind.Null) json.Append("null");
            else AppendScalar(json, element.GetString()!, type.Kind);
        }

        json.Append(']');
    }

    private static void AppendScalar(StringBuilder json, string text, ColumnKind kind)
    {
        switch (kind)
        {
            case ColumnKind.Boolean:
                // A boolean's text is true or false, and t or f within an array.
                json.Append(text[0] == 't' ? "true" : "false");
                break;
            case ColumnKind.Integer or ColumnKind.Json:
                json.Append(text);
                break;
            case ColumnKind.Float or ColumnKind.Decimal:
                json.Append(char.IsAsciiDigit(text[^1]) ? text : "null");
                break;
            case ColumnKind.Bigint or ColumnKind.WideDecimal or ColumnKind.Text or ColumnKind.Uuid or ColumnKind.Date or ColumnKind.Time or ColumnKind.Enum:
                json.Append(JsonText.Encode(text));
                break;
            case ColumnKind.Timestamp:
                json.Append(JsonText.Encode(Iso(text)));
                break;
            case ColumnKind.TimestampTz:
                json.Append(JsonText.Encode(text.EndsWith("+00", StringComparison.Ordinal) ? $"{Iso(text[..^3])}Z" : Iso(text)));
                break;
            case ColumnKind.Bytes:
                json.Append('"').Append(Convert.ToBase64String(Convert.FromHexString(text.AsSpan(2)))).Append('"');
                break;
            default:
                throw new InvalidOperationException($"Unknown kind {kind}.");
        }
    }

    /// <summary>2025-01-31 09:00:00 with a T; what is no such time (infinity) as it is.</summary>
    private static string Iso(string text)
    {
        var blank = text.IndexOf(' ', StringComparison.Ordinal);
        return blank > 0 && char.IsAsciiDigit(text[0]) ? $"{text[..blank]}T{text[(blank + 1)..]}" : text;
    }
}
