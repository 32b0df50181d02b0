using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Sandbox.Protocol.Text;

namespace Sandbox.Supervisor.Broker;

/// <summary>The spellings of a value that are masked: plain, in JSON, in a URL, and within base64.</summary>
internal static class SecretForms
{
    private const string LettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>What <c>encodeURIComponent</c>, RFC 3986, forms and <c>encodeURI</c> leave as it is.</summary>
    private static readonly (string Kept, bool PlusForSpace)[] s_urls =
    [
        (LettersAndDigits + "-_.!~*'()", false),
        (LettersAndDigits + "-_.~", false),
        (LettersAndDigits + "*-._", true),
        (LettersAndDigits + "-_.!~*'();/?:@&=+$,#", false),
    ];

    public static IReadOnlyList<SecretForm> Of(string value)
    {
        var forms = new List<SecretForm> { new(value) };
        var known = new HashSet<string>(StringComparer.Ordinal) { value };
        foreach (var text in InJson(value).Concat(InUrl(value)).Where(known.Add)) forms.Add(new SecretForm(text));
        AddBase64(Encoding.UTF8.GetBytes(value), known, forms);
        // btoa takes each character as a byte.
        if (value.All(c => c <= '\u00ff')) AddBase64(Encoding.Latin1.GetBytes(value), known, forms);
        return forms;
    }

    private static IEnumerable<string> InJson(string value)
    {
        yield return JsonText.Encode(value)[1..^1];
        yield return Escaped(value, c => c < ' ', "x4");
        yield return JavaScriptEncoder.Default.Encode(value);
        yield return JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value);
        yield return Escaped(value, c => c is < ' ' or > '\u007f', "x4");
        yield return Escaped(value, c => c is < ' ' or > '\u007f', "X4");
    }

    private static string Escaped(string value, Func<char, bool> byNumber, string hex)
    {
        var text = new StringBuilder(value.Length + 16);
        foreach (var c in value)
        {
            var at = "\b\f\n\r\t".IndexOf(c);
            if (at >= 0) text.Append('\\').Append("bfnrt"[at]);
            else if (c is '"' or '\\') text.Append('\\').Append(c);
            else if (byNumber(c)) text.Append("\\u").Append(((int)c).ToString(hex, CultureInfo.InvariantCulture));
            else text.Append(c);
        }

        return text.ToString();
    }

    private static IEnumerable<string> InUrl(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        foreach (var (kept, plusForSpace) in s_urls)
        {
            yield return Url(bytes, kept, plusForSpace, "X2");
            yield return Url(bytes, kept, plusForSpace, "x2");
        }
    }

    private static string Url(byte[] bytes, string kept, bool plusForSpace, string hex)
    {
        var text = new StringBuilder(bytes.Length * 2);
        foreach (var b in bytes)
        {
            if (plusForSpace && b == ' ') text.Append('+');
            else if (kept.Contains((char)b)) text.Append((char)b);
            else text.Append('%').Append(b.ToString(hex, CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    /// <summary>For each place in a group of three bytes, the characters that hold bits of the value alone.</summary>
    private static void AddBase64(byte[] bytes, HashSet<string> known, List<SecretForm> forms)
    {
        for (var before = 0; before < 3; before++)
        {
            var padded = new byte[before + bytes.Length];
            bytes.CopyTo(padded, before);
            var (firstBit, endBit) = (before * 8, padded.Length * 8);
            var text = Convert.ToBase64String(padded)[((firstBit + 5) / 6)..(endBit / 6)];
            foreach (var spelled in new[] { text, text.Replace('+', '-').Replace('/', '_') }.Where(known.Add))
                forms.Add(new SecretForm(spelled, isBase64: true, sharesFirst: firstBit % 6 != 0, sharesLast: endBit % 6 != 0));
        }
    }
}
