using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sandbox.Protocol.Text;

namespace Sandbox.Supervisor.Scripts;

/// <summary>
/// One comparison of a filter: of a value in a payload (null: it is missing or null) with that of the filter. Values of different types are
/// never equal and have no order.
/// </summary>
internal static class FilterComparison
{
    /// <summary>The comparison, or why it is none.</summary>
    public static (Func<JsonElement?, bool>? Comparison, string? Complaint) Read(string name, JsonElement value, int valuesMax)
    {
        switch (name)
        {
            case "eq":
                return (Equal(value), null);
            case "ne":
                var equal = Equal(value);
                return (found => !equal(found), null);
            case "gt" or "gte" or "lt" or "lte":
                if (value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String))
                    return (null, $"{name} of which must be a number or a string");
                return (found => Order(found, value) is { } order && Holds(name, order), null);
            case "in" or "notIn":
                if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > valuesMax)
                    return (null, $"{name} of which must be a list of at most {valuesMax} values");
                Func<JsonElement?, bool>[] values = [.. value.EnumerateArray().Select(Equal)];
                var wanted = name == "in";
                return (found => Array.Exists(values, one => one(found)) == wanted, null);
            case "like" or "ilike":
                if (value.ValueKind != JsonValueKind.String) return (null, $"{name} of which must be a pattern");
                var pattern = Pattern(TextOf(value), ignoreCase: name == "ilike");
                return (found => found is { ValueKind: JsonValueKind.String } && pattern.IsMatch(TextOf(found.Value)), null);
            case "isNull":
                if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                    return (null, "isNull of which must be true or false");
                var isNull = value.GetBoolean();
                return (found => found is null == isNull, null);
            default:
                return (null, "a comparison of which is none of eq, ne, gt, gte, lt, lte, in, notIn, like, ilike, isNull");
        }
    }

    public static Func<JsonElement?, bool> Equal(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null) return static found => found is null;
        if (value.ValueKind is JsonValueKind.Number or JsonValueKind.String) return found => Order(found, value) == 0;
        return found => found is { } other && JsonElement.DeepEquals(other, value);
    }

    private static int? Order(JsonElement? found, JsonElement value)
    {
        if (found is not { } other || other.ValueKind != value.ValueKind) return null;
        if (value.ValueKind == JsonValueKind.String) return string.CompareOrdinal(TextOf(other), TextOf(value));
        // Amounts of money are exact; what does not fit is compared as JavaScript would.
        return other.TryGetDecimal(out var exact) && value.TryGetDecimal(out var with)
            ? exact.CompareTo(with)
            : other.GetDouble().CompareTo(value.GetDouble());
    }

    private static bool Holds(string comparison, int order) => comparison switch
    {
        "gt" => order > 0,
        "gte" => order >= 0,
        "lt" => order < 0,
        _ => order <= 0,
    };

    private static string TextOf(JsonElement text) => JsonText.Read(text.GetRawText());

    /// <summary>
    /// As in SQL: <c>%</c> is any text, <c>_</c> one character, a backslash makes the next character mean itself. It takes linear time,
    /// because both texts are a user's.
    /// </summary>
    private static Regex Pattern(string like, bool ignoreCase)
    {
        var text = new StringBuilder(@"\A");
        for (var i = 0; i < like.Length; i++)
        {
            if (like[i] == '\\' && i + 1 < like.Length) text.Append(Regex.Escape(like[++i].ToString()));
            else text.Append(like[i] switch { '%' => ".*", '_' => ".", var other => Regex.Escape(other.ToString()) });
        }

        var options = RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking;
        if (ignoreCase) options |= RegexOptions.IgnoreCase;
        return new Regex(text.Append(@"\z").ToString(), options, TimeSpan.FromSeconds(1));
    }
}
