using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sandbox.Worker.Logs;

/// <summary>Text for the pipe, whose UTF-8 has no place for a lone surrogate.</summary>
internal static class JsonText
{
    private static readonly SearchValues<char> Special = SearchValues.Create(Enumerable.Range(0, 32).Select(i => (char)i).Concat(['"', '\\']).ToArray());

    /// <summary>A JSON string literal: what JSON must escape is escaped, and lone surrogates.</summary>
    public static string Literal(string text)
    {
        var builder = new StringBuilder(text.Length + 2).Append('"');
        Append(builder, text);
        return builder.Append('"').ToString();
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

    private static void Append(StringBuilder builder, string text)
    {
        var span = text.AsSpan();
        if (span.IndexOfAny(Special) < 0 && !HasLone(text))
        {
            builder.Append(text);
            return;
        }

        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) builder.Append(c).Append(text[++i]);
            else if (char.IsSurrogate(c)) Escape(builder, c);
            else if (c < ' ') Escape(builder, c);
            else if (c is ('"' or '\\')) builder.Append('\\').Append(c);
            else builder.Append(c);
        }
    }

    private static void Escape(StringBuilder builder, char c) => builder.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");

    private static bool HasLone(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 >= text.Length || !char.IsLowSurrogate(text[i + 1])) return true;
            i++;
        }

        return false;
    }
}
