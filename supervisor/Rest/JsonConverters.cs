using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;

namespace Sandbox.Supervisor.Rest;

/// <summary>RFC 3339 in UTC, to the microsecond that the database keeps. Reads any offset, but none without one.</summary>
internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'";

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        // GetDateTimeOffset takes a local time for one without an offset, and so depends on the machine.
        if (reader.TokenType != JsonTokenType.String || !reader.TryGetDateTimeOffset(out var time) || !HasOffset(reader.GetString()!)) throw new JsonException();
        return time.ToUniversalTime();
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<char> text = stackalloc char[32];
        value.UtcDateTime.TryFormat(text, out var length, Format, CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..length]);
    }

    /// <summary>The same times, for a query.</summary>
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length < 19 || text[4] != '-' || text[10] is not ('T' or 't') || !HasOffset(text)) return false;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out time)) return false;
        time = time.ToUniversalTime();
        return true;
    }

    private static bool HasOffset(string text) =>
        text.EndsWith('Z') || text.EndsWith('z') || (text.Length > 19 && text[^3] == ':' && text[^6] is '+' or '-');
}

/// <summary>Strings whole: a lone surrogate, legal in JSON by its escape, is kept as it came in both directions.</summary>
internal sealed class ExactStringConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) throw new JsonException();
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            return JsonText.Decode(document.RootElement.GetRawText());
        }
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        if (Text.HasLoneSurrogate(value)) writer.WriteRawValue(JsonText.Encode(value), skipInputValidation: true);
        else writer.WriteStringValue(value);
    }

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()!;

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);
}

/// <summary>An enum by the very names of its contract: never by number, nor by several at once, as <see cref="JsonStringEnumConverter"/> takes them.</summary>
internal sealed class NamedEnum<T> : JsonConverter<T> where T : struct, Enum
{
    private static readonly FrozenDictionary<string, T> s_values = Enum.GetValues<T>().ToFrozenDictionary(Name, StringComparer.Ordinal);
    private static readonly FrozenDictionary<T, JsonEncodedText> s_names = Enum.GetValues<T>().ToFrozenDictionary(value => value, value => JsonEncodedText.Encode(Name(value)));

    public static IEnumerable<string> Names => Enum.GetValues<T>().Select(Name);

    public static bool TryParse(string text, out T value) => s_values.TryGetValue(text, out value);

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && !reader.HasValueSequence && s_values.TryGetValue(Encoding.UTF8.GetString(reader.ValueSpan), out var value) ? value : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(s_names[value]);

    private static string Name(T value) =>
        typeof(T).GetField(value.ToString())!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? value.ToString();
}
