using System.Globalization;
using System.Text;

namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>A worker's words for the service's log: the end of them, on one line, with nothing a terminal or a log reader would obey.</summary>
internal static class UntrustedText
{
    private const int CharactersMax = 2 * 1024;

    public static string ForLog(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, CharactersMax) + 16);
        if (text.Length > CharactersMax) line.Append("[…] ");
        foreach (var character in text.AsSpan(Math.Max(0, text.Length - CharactersMax)).TrimEnd())
        {
            switch (character)
            {
                case '\n': line.Append(@"\n"); break;
                case '\r': line.Append(@"\r"); break;
                case '\t': line.Append(@"\t"); break;
                default:
                    if (IsPlain(character)) line.Append(character);
                    else line.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
                    break;
            }
        }

        return line.ToString();
    }

    // Format characters turn the direction of text or hide it.
    private static bool IsPlain(char character) => char.GetUnicodeCategory(character) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
