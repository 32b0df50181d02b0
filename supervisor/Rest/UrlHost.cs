using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sandbox.Supervisor.Rest;

/// <summary>The host of a URL, read as a browser reads it: percent sequences, width variants and all spellings of addresses are what they stand for.</summary>
/// <param name="Name">Lower case, ASCII, without a dot at the end; an address in its canonical form, IPv6 without brackets.</param>
/// <param name="Address">Null: a name, which must be looked up.</param>
internal readonly record struct UrlHost(string Name, IPAddress? Address)
{
    private const int NameMax = 253;
    private static readonly IdnMapping s_idn = new() { UseStd3AsciiRules = false, AllowUnassigned = true };

    /// <summary>As it stands in a URL.</summary>
    public string InUrl => Address is { AddressFamily: AddressFamily.InterNetworkV6 } ? $"[{Name}]" : Name;

    /// <summary>Null where no browser would take it.</summary>
    public static UrlHost? Parse(string text)
    {
        if (text.StartsWith('[')) return text.EndsWith(']') ? OfV6(text[1..^1]) : null;
        if (ToAscii(text) is not { } name) return null;
        if (EndsInNumber(name)) return V4Of(name) is { } address ? new UrlHost(address.ToString(), address) : null;
        name = name.EndsWith('.') ? name[..^1] : name;
        return name.Length is > 0 and <= NameMax && name.Split('.').All(label => label.Length is > 0 and <= 63 && label.All(IsLetter)) ? new UrlHost(name, null) : null;
    }

    private static bool IsLetter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';

    private static UrlHost? OfV6(string text) =>
        text.Contains('%', StringComparison.Ordinal) || !IPAddress.TryParse(text, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6
            ? null
            : new UrlHost(address.ToString(), address);

    /// <summary>Lower-case ASCII; null where it cannot be written so.</summary>
    private static string? ToAscii(string text)
    {
        if (text.Contains('%', StringComparison.Ordinal)) text = Uri.UnescapeDataString(text);
        if (text.Length is 0 or > 1_000) return null;
        if (!Ascii.IsValid(text))
        {
            try
            {
                text = WithoutVariants(text);
                if (!Ascii.IsValid(text)) text = s_idn.GetAscii(text.ToLowerInvariant());
            }
            catch (ArgumentException)
            {
                return null;
            }
        }

        return text.ToLowerInvariant();
    }

    /// <summary>
    /// Letters, dots and digits of other widths and shapes as the plain ones (Unicode TR 46); this process has no tables of all others, and a name that holds
    /// one of them is not found.
    /// </summary>
    private static string WithoutVariants(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var isShapedDigit = Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherNumber || rune.Value is >= 0x1D7CE and <= 0x1D7FF;
            if (rune.Value is >= 0xFF01 and <= 0xFF5E) plain.Append((char)(rune.Value - 0xFEE0));
            else if (rune.Value is 0x3002 or 0xFF61) plain.Append('.');
            else if (rune.Value == 0xAD) continue;
            else if (isShapedDigit && Rune.GetNumericValue(rune) is >= 0 and <= 9 and var digit && digit % 1 == 0) plain.Append((char)('0' + (int)digit));
            else plain.Append(rune.ToString());
        }

        return plain.ToString();
    }

    /// <summary>WHATWG URL, "ends in a number": such a host is an address or nothing.</summary>
    private static bool EndsInNumber(string name)
    {
        var parts = Parts(name);
        return parts.Length > 0 && parts[^1].Length > 0 && (parts[^1].All(char.IsAsciiDigit) || NumberOf(parts[^1]) is not null);
    }

    private static string[] Parts(string name) => (name.EndsWith('.') ? name[..^1] : name).Split('.');

    /// <summary>WHATWG URL, the parser of IPv4: octal, hexadecimal and short forms.</summary>
    private static IPAddress? V4Of(string name)
    {
        var parts = Parts(name);
        if (parts.Length > 4) return null;
        var value = 0L;
        for (var i = 0; i < parts.Length; i++)
        {
            if (NumberOf(parts[i]) is not { } number) return null;
            var isLast = i == parts.Length - 1;
            if (number >= (isLast ? 1L << (8 * (5 - parts.Length)) : 256)) return null;
            value += isLast ? number : number << (8 * (3 - i));
        }

        return new IPAddress([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
    }

    private static long? NumberOf(string part)
    {
        if (part.Length is 0 or > 20) return null;
        var radix = 10;
        var digits = part.AsSpan();
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            radix = 16;
            digits = digits[2..];
        }
        else if (digits.Length > 1 && digits[0] == '0')
        {
            radix = 8;
            digits = digits[1..];
        }

        var value = 0L;
        foreach (var c in digits)
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 16;
            if (digit >= radix) return null;
            value = Math.Min((value * radix) + digit, 1L << 40);
        }

        return value;
    }
}
