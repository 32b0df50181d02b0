using System.Text;
using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Executions;

/// <summary>A body with an <c>input</c>, which is left as the text it is, and other fields beside it.</summary>
/// <param name="Input">Null: there is none.</param>
/// <param name="TooDeep">The input has more levels than are accepted.</param>
/// <param name="Others">The other fields' JSON text.</param>
internal sealed record InputBody(RawJson? Input, bool TooDeep, IReadOnlyDictionary<string, string> Others)
{
    public const int InputBytesAbsolute = 10 * 1024 * 1024;

    /// <summary>Reads the body of a request.</summary>
    /// <param name="bytesMax">Of the input: the script's limit.</param>
    /// <param name="others">Names of the fields beside <c>input</c>.</param>
    public static async ValueTask<Result<InputBody>> ReadAsync(HttpContext context, int bytesMax, params string[] others)
    {
        if (!Body.IsJson(context.Request)) return new Problem(415, Codes.InvalidArgument, "The body must be JSON: Content-Type: application/json.");
        using var body = await Body.ReadAsync(context, Body.BytesMax);
        if (body is null) return TooLarge(InputBytesAbsolute);
        if (body.Length == 0) return new InputBody(null, TooDeep: false, new Dictionary<string, string>());
        if (JsonShape.Broken(body.Span, int.MaxValue, Codes.InvalidInput) is { } broken) return broken;
        return Parse(body.Span, Math.Min(bytesMax, InputBytesAbsolute), others);
    }

    /// <summary>A whole number among the other fields; null where it is absent or null.</summary>
    public Result<int?> Whole(string field, int min, int max, string complaint)
    {
        if (!Others.TryGetValue(field, out var text) || text == "null") return (int?)null;
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        reader.Read();
        return WholeNumbers.TryRead(ref reader, out int number) && number >= min && number <= max ? (int?)number : Problem.Invalid(new FieldError(field, complaint));
    }

    /// <summary>A time among the other fields; null where it is absent or null.</summary>
    public Result<DateTimeOffset?> Time(string field)
    {
        if (!Others.TryGetValue(field, out var text) || text == "null") return (DateTimeOffset?)null;
        return JsonText.Decode(text) is { } time && UtcTimeConverter.TryParse(time, out var read)
            ? (DateTimeOffset?)read
            : Problem.Invalid(new FieldError(field, "must be an RFC 3339 time such as 2026-01-31T08:00:00Z"));
    }

    /// <summary>True or false among the other fields; false where it is absent or null.</summary>
    public Result<bool> Flag(string field) =>
        !Others.TryGetValue(field, out var text) || text is "null" or "false" ? false : text == "true" ? true : Problem.Invalid(new FieldError(field, "must be true or false"));

    /// <summary>A string among the other fields; null where it is absent or null.</summary>
    public Result<string?> Text(string field)
    {
        if (!Others.TryGetValue(field, out var text) || text == "null") return (string?)null;
        return text.StartsWith('"') && JsonText.Decode(text) is { } value ? value : Problem.Invalid(new FieldError(field, "must be a string"));
    }

    private static Result<InputBody> Parse(ReadOnlySpan<byte> json, int bytesMax, string[] others)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return Problem.Invalid(new FieldError("body", $"must be a JSON object with {Fields(others)}"));

        RawJson? input = null;
        var tooDeep = false;
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = NameOf(ref reader);
            if (name != "input" && !others.Contains(name)) return Problem.Invalid(new FieldError(name, $"is not a field here; the fields are {Fields(others)}"));
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var depth = SkipMeasured(ref reader);
            var value = json[start..(int)reader.BytesConsumed];
            if (name == "input")
            {
                if (value.Length > bytesMax) return TooLarge(bytesMax);
                (input, tooDeep) = (new RawJson(Encoding.UTF8.GetString(value)), depth > JsonText.DepthMax);
            }
            else if (depth > JsonText.DepthMax)
            {
                return Problem.Invalid(new FieldError(name, $"is nested deeper than {JsonText.DepthMax} levels"));
            }
            else
            {
                read[name] = Encoding.UTF8.GetString(value);
            }
        }

        return new InputBody(input, tooDeep, read);
    }

    private static string Fields(string[] others) => string.Join(", ", others.Prepend("input"));

    private static string NameOf(ref Utf8JsonReader reader)
    {
        var name = JsonText.Decode($"\"{Encoding.UTF8.GetString(reader.ValueSpan)}\"") ?? "body";
        return name.Length <= 100 ? name : name[..100];
    }

    /// <summary>Skips a value; its levels of nesting.</summary>
    private static int SkipMeasured(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return 0;
        var outer = reader.CurrentDepth;
        var deepest = 1;
        while (reader.Read() && reader.CurrentDepth > outer)
        {
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) deepest = Math.Max(deepest, reader.CurrentDepth - outer + 1);
        }

        return deepest;
    }

    private static Problem TooLarge(int bytesMax) =>
        new(413, Codes.InputTooLarge, $"The input is larger than {bytesMax} bytes (limits.output_bytes of the script bounds both, and is at most {InputBytesAbsolute}).");
}
