using System.Globalization;
using System.Text;

namespace Sandbox.Worker.Logs;

/// <summary>Reads a JSON string literal as JavaScript does: lone surrogates are characters like any other.</summary>
internal static class JsonLiteral
{
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
                case 'n': text.Append('\n'); break;
                case 'r': text.Append('\r'); break;
                case 't': text.Append('\t'); break;
                case 'b': text.Append('\b'); break;
                case 'f': text.Append('\f'); break;
                case 'u':
                    text.Append((char)ushort.Parse(inner.Slice(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    i += 4;
                    break;
                default: text.Append(inner[i]); break;
            }
        }

        return text.ToString();
    }
}
