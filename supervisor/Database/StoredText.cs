using System.Globalization;
using System.Text;

namespace Sandbox.Supervisor.Database;

/// <summary>
/// Any JavaScript string in a column of type text, which holds neither NUL nor lone surrogates: as it is where it has none of
/// them, else with a mark in front and those characters escaped. Every string comes back as it was.
/// </summary>
internal static class StoredText
{
    /// <summary>Private use: what begins with it is escaped too, so that the two forms cannot be taken for each other.</summary>
    private const char Mark = '\uE000';

    public static string? Encode(string? text) => text is null || IsStorable(text) ? text : Escape(text);

    public static string? Decode(string? stored) => stored is null || !stored.StartsWith(Mark) ? stored : Unescape(stored);

    /// <summary>JSON text with its lone surrogates as escapes: they can stand only in its strings, where an escape says the same.</summary>
    public static string EncodeJson(string json)
    {
        if (FirstLone(json, 0) is not (>= 0 and var lone))
            return json;
        var text = new StringBuilder(json.Length + 16);
        var start = 0;
        for (; lone >= 0; lone = FirstLone(json, start))
        {
            text.Append(json, start, lone - start);
            AppendUnit(text, json[lone]);
            start = lone + 1;
        }

        return text.Append(json, start, json.Length - start).ToString();
    }

    /// <summary>Whether it is no Unicode text: UTF-8 has no form of it.</summary>
    public static bool HasLoneSurrogate(string text) => FirstLone(text, 0) >= 0;

    private static bool IsStorable(string text) =>
        !text.StartsWith(Mark) && !text.Contains('\0') && FirstLone(text, 0) < 0;

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16).Append(Mark);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '\\')
                escaped.Append(@"\\");
            else if (text[i] is '\0' || (char.IsSurrogate(text[i]) && FirstLone(text, i) == i))
                AppendUnit(escaped, text[i]);
            else if (char.IsHighSurrogate(text[i]))
                escaped.Append(text[i]).Append(text[++i]);
            else
                escaped.Append(text[i]);
        }

        return escaped.ToString();
    }

    private static string Unescape(string stored)
    {
        var text = new StringBuilder(stored.Length);
        for (var i = 1; i < stored.Length; i++)
        {
            if (stored[i] != '\\')
            {
                text.Append(stored[i]);
            }
            else if (stored[++i] == '\\')
            {
                text.Append('\\');
            }
            else
            {
                text.Append((char)ushort.Parse(stored.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
            }
        }

        return text.ToString();
    }

    private static void AppendUnit(StringBuilder text, char unit) => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");

    /// <summary>Where the first lone surrogate from <paramref name="start"/> on stands; -1: there is none.</summary>
    private static int FirstLone(string text, int start)
    {
        while (true)
        {
            var found = text.AsSpan(start).IndexOfAnyInRange('\ud800', '\udfff');
            if (found < 0)
                return -1;
            start += found;
            if (!char.IsHighSurrogate(text[start]) || start + 1 >= text.Length || !char.IsLowSurrogate(text[start + 1]))
                return start;
            start += 2;
        }
    }
}
