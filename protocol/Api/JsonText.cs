using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sandbox.Protocol.Api;

/// <summary>JSON text that keeps what UTF-8 and System.Text.Json would lose: lone surrogates, which JavaScript strings may hold.</summary>
public static class JsonText
{
    /// <summary>Levels of nesting that are accepted in inputs and outputs.</summary>
    public const int DepthMax = 500;

    private const int StackBytes = 1024;

    /// <summary>The string as a JSON string literal; a lone surrogate becomes its <c>\uXXXX</c> escape.</summary>
    public static string Encode(string value)
    {
        if (!HasLoneSurrogate(value)) return $"\"{JsonEncodedText.Encode(value)}\"";
        var text = new StringBuilder("\"", value.Length + 16);
        var start = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (!char.IsSurrogate(value[i])) continue;
            if (char.IsHighSurrogate(value[i]) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                i++;
                continue;
            }

            text.Append(JsonEncodedText.Encode(value.AsSpan(start, i - start)));
            text.Append(CultureInfo.InvariantCulture, $"\\u{(int)value[i]:x4}");
            start = i + 1;
        }

        return text.Append(JsonEncodedText.Encode(value.AsSpan(start))).Append('"').ToString();
    }

    /// <summary>The string that a JSON string literal stands for, lone surrogates kept; null where it is no such literal.</summary>
    public static string? Decode(string literal)
    {
        if (literal.Length < 2 || literal[0] != '"' || literal[^1] != '"' || !IsValid(literal)) return null;
        var text = new StringBuilder(literal.Length);
        for (var i = 1; i < literal.Length - 1; i++)
        {
            if (literal[i] != '\\')
            {
                text.Append(literal[i]);
                continue;
            }

            switch (literal[++i])
            {
                case 'b': text.Append('\b'); break;
                case 'f': text.Append('\f'); break;
                case 'n': text.Append('\n'); break;
                case 'r': text.Append('\r'); break;
                case 't': text.Append('\t'); break;
                case 'u':
                    text.Append((char)ushort.Parse(literal.AsSpan(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    i += 4;
                    break;
                default: text.Append(literal[i]); break;
            }
        }

        return text.ToString();
    }

    /// <summary>Whether the text is one JSON value, nested at most <see cref="DepthMax"/> levels.</summary>
    public static bool IsValid(string text)
    {
        var bytesMax = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = null;
        Span<byte> buffer = bytesMax <= StackBytes ? stackalloc byte[StackBytes] : (rented = ArrayPool<byte>.Shared.Rent(bytesMax));
        try
        {
            var reader = new Utf8JsonReader(buffer[..Encoding.UTF8.GetBytes(text, buffer)], new JsonReaderOptions { MaxDepth = DepthMax });
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
        finally
        {
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static bool HasLoneSurrogate(string value)
    {
        for (var i = value.AsSpan().IndexOfAnyInRange('\ud800', '\udfff'); i >= 0 && i < value.Length; i++)
        {
            if (!char.IsSurrogate(value[i])) continue;
            if (!char.IsHighSurrogate(value[i]) || i + 1 >= value.Length || !char.IsLowSurrogate(value[i + 1])) return true;
            i++;
        }

        return false;
    }
}

/// <summary>Writes a string with its lone surrogates as escapes, where System.Text.Json would write U+FFFD.</summary>
public sealed class LosslessStringConverter : JsonConverter<string>
{
    /// <inheritdoc />
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return JsonText.Decode(document.RootElement.GetRawText());
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteRawValue(JsonText.Encode(value), skipInputValidation: true);
}
