using System.Buffers;

namespace Sandbox.Supervisor.Egress;

/// <summary>What HTTP allows in a field (RFC 9110, 5.5 and 5.6.2). Values go out as Latin-1.</summary>
internal static class HeaderText
{
    private static readonly SearchValues<char> s_token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Of the connection, not of the message: they are the client's.</summary>
    private static readonly string[] s_ofConnection =
    [
        "host", "connection", "keep-alive", "proxy-connection", "proxy-authorization",
        "te", "trailer", "transfer-encoding", "upgrade", "expect",
    ];

    private static readonly string[] s_ofMessage = ["accept-encoding", "allow", "expires", "last-modified"];

    /// <summary>The client writes these by itself.</summary>
    public static bool IsOfConnection(string name) => s_ofConnection.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>These, and those that describe the message: no place for a credential.</summary>
    public static bool IsPlatforms(string name) =>
        IsOfConnection(name) || name.StartsWith("content-", StringComparison.OrdinalIgnoreCase)
        || s_ofMessage.Contains(name, StringComparer.OrdinalIgnoreCase);

    public static bool IsName(string text) => text.Length is > 0 and <= 200 && !text.AsSpan().ContainsAnyExcept(s_token);

    public static bool IsValue(string text)
    {
        foreach (var c in text)
            if (c is not ('\t' or (>= ' ' and <= '~') or (>= '\u0080' and <= '\u00FF'))) return false;
        return true;
    }
}
