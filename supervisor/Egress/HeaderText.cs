using System.Buffers;

namespace Sandbox.Supervisor.Egress;

/// <summary>What HTTP allows in a field (RFC 9110, 5.5 and 5.6.2). Values go out as Latin-1.</summary>
internal static class HeaderText
{
    private static readonly SearchValues<char> s_token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsName(string text) => text.Length is > 0 and <= 200 && !text.AsSpan().ContainsAnyExcept(s_token);

    public static bool IsValue(string text)
    {
        foreach (var c in text)
            if (c is not ('\t' or (>= ' ' and <= '~') or (>= '\u0080' and <= '\u00FF'))) return false;
        return true;
    }
}
