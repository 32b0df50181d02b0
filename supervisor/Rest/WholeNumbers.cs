using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sandbox.Supervisor.Rest;

/// <summary>Whole numbers as JSON has them: <c>1000.0</c> and <c>1e3</c> are 1000, since to JavaScript and to JSON Schema they are.</summary>
internal static class WholeNumbers
{
    public static bool TryRead(ref Utf8JsonReader reader, out int value)
    {
        var good = TryRead(ref reader, out long wide) && wide is >= int.MinValue and <= int.MaxValue;
        value = good ? (int)wide : 0;
        return good;
    }

    public static bool TryRead(ref Utf8JsonReader reader, out long value)
    {
        value = 0;
        if (reader.TokenType != JsonTokenType.Number) return false;
        return reader.TryGetInt64(out value) || (reader.TryGetDecimal(out var number) && TryWhole(number, out value));
    }

    public static bool TryRead(JsonElement element, out long value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && (element.TryGetInt64(out value) || (element.TryGetDecimal(out var number) && TryWhole(number, out value)));
    }

    /// <summary>The same numbers, for a query.</summary>
    public static bool TryParse(string text, out int value)
    {
        value = 0;
        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)) return false;
        if (!TryWhole(number, out var wide) || wide is < int.MinValue or > int.MaxValue) return false;
        value = (int)wide;
        return true;
    }

    private static bool TryWhole(decimal number, out long value)
    {
        var good = decimal.Truncate(number) == number && number is >= long.MinValue and <= long.MaxValue;
        value = good ? (long)number : 0;
        return good;
    }
}

/// <summary>An <see cref="int"/> by <see cref="WholeNumbers"/>.</summary>
internal sealed class WholeInt32Converter : JsonConverter<int>
{
    public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        WholeNumbers.TryRead(ref reader, out int value) ? value : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}

/// <summary>A <see cref="long"/> by <see cref="WholeNumbers"/>.</summary>
internal sealed class WholeInt64Converter : JsonConverter<long>
{
    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        WholeNumbers.TryRead(ref reader, out long value) ? value : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
