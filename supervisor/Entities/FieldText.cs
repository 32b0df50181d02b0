using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Entities;

/// <summary>A script's value as PostgreSQL's text for a column's type. What does not fit is told in the script's terms before PostgreSQL is asked.</summary>
internal static partial class FieldText
{
    /// <summary>The largest integer that a number of JavaScript is exact to.</summary>
    private const long SafeMax = (1L << 53) - 1;

    /// <summary>Text of the value; null for null. The complaint where it is no value of this type.</summary>
    public static (string? Text, string? Complaint) Of(JsonElement value, ColumnType type)
    {
        if (value.ValueKind == JsonValueKind.Null) return (null, null);
        return type.IsArray ? OfArray(value, type) : OfScalar(value, type);
    }

    /// <summary>PostgreSQL's text of an array of texts; null stands for null.</summary>
    public static string ArrayOf(IEnumerable<string?> texts)
    {
        var literal = new StringBuilder("{");
        foreach (var text in texts)
        {
            if (literal.Length > 1) literal.Append(',');
            if (text is null) literal.Append("NULL");
            else literal.Append('"').Append(text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        }

        return literal.Append('}').ToString();
    }

    private static (string? Text, string? Complaint) OfArray(JsonElement value, ColumnType type)
    {
        if (value.ValueKind != JsonValueKind.Array) return (null, $"must be a list of {type.SqlName}");
        var texts = new List<string?>();
        foreach (var element in value.EnumerateArray())
        {
            if (element.ValueKind == JsonValueKind.Null)
            {
                texts.Add(null);
                continue;
            }

            var (text, complaint) = OfScalar(element, type);
            if (complaint is not null) return (null, $"has an element that {complaint}");
            texts.Add(text);
        }

        return (ArrayOf(texts), null);
    }

    private static (string? Text, string? Complaint) OfScalar(JsonElement value, ColumnType type) => type.Kind switch
    {
        ColumnKind.Boolean => value.ValueKind switch
        {
            JsonValueKind.True => ("true", null),
            JsonValueKind.False => ("false", null),
            _ => (null, "must be true or false"),
        },
        ColumnKind.Integer => OfInteger(value, "must be a whole number"),
        ColumnKind.Bigint => OfInteger(value, "must be a whole number; beyond 2^53 as a string of digits"),
        ColumnKind.Float => value.ValueKind == JsonValueKind.Number ? (value.GetRawText(), null) : (null, "must be a number"),
        ColumnKind.Decimal or ColumnKind.WideDecimal => OfDecimal(value),
        ColumnKind.Text => OfText(value),
        ColumnKind.Uuid => Matching(value, text => Guid.TryParseExact(text, "D", out _), "must be a UUID"),
        ColumnKind.Date => Matching(value, IsDate().IsMatch, "must be a date such as 2025-01-31"),
        ColumnKind.Timestamp or ColumnKind.TimestampTz => Matching(value, IsMoment().IsMatch, "must be a time as ISO 8601 has it, such as 2025-01-31T09:00:00Z"),
        ColumnKind.Time => Matching(value, IsTime().IsMatch, "must be a time of day such as 09:30:00"),
        ColumnKind.Json => (value.GetRawText(), null),
        ColumnKind.Bytes => OfBytes(value),
        ColumnKind.Enum => Matching(value, text => type.Labels.Contains(text, StringComparer.Ordinal), $"must be one of {string.Join(", ", type.Labels)}"),
        _ => throw new InvalidOperationException($"Unknown kind {type.Kind}."),
    };

    private static (string?, string?) OfInteger(JsonElement value, string complaint)
    {
        if (value.ValueKind == JsonValueKind.Number)
            return WholeNumbers.TryRead(value, out var number) && number is >= -SafeMax and <= SafeMax ? (number.ToString(CultureInfo.InvariantCulture), null) : (null, complaint);
        return Matching(value, IsInteger().IsMatch, complaint);
    }

    private static (string?, string?) OfDecimal(JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? (value.GetRawText(), null)
        : Matching(value, IsDecimal().IsMatch, "must be a number, or a string that is one");

    private static (string?, string?) OfText(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String || JsonText.Decode(value.GetRawText()) is not { } text) return (null, "must be a string");
        return Text.IsStorable(text) ? (text, null) : (null, "must not hold NUL or lone surrogates, which PostgreSQL cannot store");
    }

    private static (string?, string?) OfBytes(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String || !value.TryGetBytesFromBase64(out var bytes)) return (null, "must be base64");
        return ($"\\x{Convert.ToHexStringLower(bytes)}", null);
    }

    private static (string?, string?) Matching(JsonElement value, Func<string, bool> fits, string complaint) =>
        value.ValueKind == JsonValueKind.String && JsonText.Decode(value.GetRawText()) is { } text && fits(text) ? (text, null) : (null, complaint);

    // PostgreSQL takes more than these (now, tomorrow, infinity, names of months): a script's data is not to be read as a command.
    [GeneratedRegex(@"\A-?[0-9]{1,40}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IsInteger();

    [GeneratedRegex(@"\A-?[0-9]{1,1000}(\.[0-9]{1,1000})?([eE][+-]?[0-9]{1,4})?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IsDecimal();

    [GeneratedRegex(@"\A[0-9]{4,6}-[0-9]{2}-[0-9]{2}([T ][0-9:.]{5,15}(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IsDate();

    [GeneratedRegex(@"\A[0-9]{4,6}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IsMoment();

    [GeneratedRegex(@"\A[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IsTime();
}
