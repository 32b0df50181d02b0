using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sandbox.Protocol.Text;

/// <summary>JSON text that keeps what UTF-8 and System.Text.Json would lose: lone surrogates, which JavaScript strings may hold.</summary>
public static class JsonText
{
    /// <summary>Levels of nesting that are accepted in inputs and outputs.</summary>
    public const int DepthMax = 500;

    private const int StackBytes = 1024;
    private static readonly SearchValues<char> s_special = SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (char)i), '"', '\\']);

    /// <summary>The string as a JSON string literal; a lone surrogate becomes its <c>\uXXXX</c> escape.</summary>
    public static string Encode(string value)
    {
        if (value.AsSpan().IndexOfAny(s_special) < 0 && !HasLoneSurrogate(value)) return $"\"{value}\"";
        var text = new StringBuilder(value.Length + 16).Append('"');
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1])) text.Append(c).Append(value[++i]);
            else if (char.IsSurrogate(c) || c < ' ') text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else if (c is '"' or '\\') text.Append('\\').Append(c);
            else text.Append(c);
        }

        return text.Append('"').ToString();
    }

    /// <summary>The string that a JSON string literal stands for, lone surrogates kept; null where it is no such literal.</summary>
    public static string? Decode(string literal) =>
        literal.Length < 2 || literal[0] != '"' || literal[^1] != '"' || !IsValid(literal) ? null : Read(literal);

    /// <summary>As <see cref="Decode"/>, of a text that is known to be a JSON string literal.</summary>
    public static string Read(string literal)
    {
        var inner = literal.AsSpan(1, literal.Length - 2);
        if (inner.IndexOf('\\') < 0) return inner.ToString();
        var text = new StringBuilder(inner.Length);
        for (var i = 0; i < inner.Length; i++)
        {
            if (inner[i] != '\\')
            {
                text.Append(inner[i]);
                continue;
            }

            switch (inner[++i])
            {
                case 'b': text.Append('\b'); break;
                case 'f': text.Append('\f'); break;
                case 'n': text.Append('\n'); break;
                case 'r': text.Append('\r'); break;
                case 't': text.Append('\t'); break;
                case 'u':
                    text.Append((char)ushort.Parse(inner.Slice(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    i += 4;
                    break;
                default: text.Append(inner[i]); break;
            }
        }

        return text.ToString();
    }

    /// <summary>A name as JSON has it, lone surrogates kept, which <see cref="JsonProperty.Name"/> refuses.</summary>
    public static string NameOf(JsonProperty property)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(property);
        var text = Encoding.UTF8.GetString(raw);
        return raw.Contains((byte)'\\') ? Read($"\"{text}\"") : text;
    }

    /// <summary>The longest beginning of at most so many UTF-8 bytes that splits no pair.</summary>
    public static string Cut(string text, int bytesMax)
    {
        if (text.Length * 3L <= bytesMax || Encoding.UTF8.GetByteCount(text) <= bytesMax) return text;
        var bytes = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var pair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            bytes += pair ? 4 : text[i] < 0x80 ? 1 : text[i] < 0x800 ? 2 : 3;
            if (bytes > bytesMax) return text[..i];
            if (pair) i++;
        }

        return text;
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
