using System.Text;
using Microsoft.Net.Http.Headers;

namespace Sandbox.Supervisor.Rest;

/// <summary>Text in the charset that a content type names. Whatever the bytes and the name, there is a text: what does not decode is U+FFFD.</summary>
internal static class Charsets
{
    private const int Utf16CodePage = 1200;
    private static readonly DecoderReplacementFallback s_replacement = new("\uFFFD");

    public static MediaTypeHeaderValue? TypeOf(string? contentType) => MediaTypeHeaderValue.TryParse(contentType, out var type) ? type : null;

    /// <summary>The text without its byte order mark. A charset that is unknown or not named is UTF-8.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes, MediaTypeHeaderValue? type)
    {
        var encoding = Named(HeaderUtilities.RemoveQuotes(type?.Charset ?? default).ToString()) ?? Encoding.UTF8;
        // RFC 2781, 4.3: UTF-16 without an order in its name has it in the mark.
        if (encoding.CodePage == Utf16CodePage && bytes.StartsWith(Encoding.BigEndianUnicode.Preamble)) encoding = Encoding.BigEndianUnicode;
        return encoding.GetString(bytes.StartsWith(encoding.Preamble) ? bytes[encoding.Preamble.Length..] : bytes);
    }

    private static Encoding? Named(string charset)
    {
        if (charset.Length == 0) return null;
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(charset, EncoderFallback.ReplacementFallback, s_replacement)
                ?? Encoding.GetEncoding(charset, EncoderFallback.ReplacementFallback, s_replacement);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
