using System.Globalization;
using System.Text;

namespace Sandbox.Web.Components;

/// <summary>
/// Text of strangers as it may stand on a page. Razor keeps markup out; this shows what is not to be seen or would turn the text around: controls as
/// their pictures, marks of direction by their number.
/// </summary>
public static class Visible
{
    private const char FirstPicture = '\u2400';
    private const char PictureOfDelete = '\u2421';

    public static string Of(string text)
    {
        if (!text.Any(IsHidden)) return text;
        var shown = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            if (!IsHidden(character)) shown.Append(character);
            else if (character < ' ') shown.Append((char)(FirstPicture + character));
            else if (character == '\u007f') shown.Append(PictureOfDelete);
            else shown.Append(CultureInfo.InvariantCulture, $"‹U+{(int)character:X4}›");
        }

        return shown.ToString();
    }

    private static bool IsHidden(char character) => character switch
    {
        '\n' or '\t' => false,
        < ' ' or (>= '\u007f' and <= '\u009f') => true,
        '\u200e' or '\u200f' or '\u061c' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\ufeff' => true,
        _ => false,
    };
}
