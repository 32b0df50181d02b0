using System.Text;
using Microsoft.Extensions.Primitives;
using Sandbox.Supervisor.Hosting.Configuration;
using Sandbox.Supervisor.Listeners;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>Which of a request's headers a script may see, and which history keeps only as a mask.</summary>
internal static class SensitiveHeaders
{
    private const string TokenPrefix = "sbx_";

    /// <summary>Headers with lower-case names, without our own cookies, tokens and the proxy's secret.</summary>
    public static List<KeyValuePair<string, string>> ForScript(IHeaderDictionary headers)
    {
        var result = new List<KeyValuePair<string, string>>(headers.Count);
        foreach (var (name, values) in headers)
        {
            var lower = Lower(name);
            var value = lower switch
            {
                "cookie" => WithoutOurs(values),
                "authorization" or "proxy-authorization" => HoldsOurToken(values) ? null : Joined(values, ", "),
                _ when lower.Equals(ProxyOptions.SecretHeader, StringComparison.OrdinalIgnoreCase) => null,
                _ => Joined(values, ", "),
            };
            if (value is not null) result.Add(new KeyValuePair<string, string>(lower, value));
        }

        return result;
    }

    public static bool IsMasked(string lowerName) =>
        lowerName is "authorization" or "proxy-authorization" or "cookie"
        || lowerName.Contains("signature", StringComparison.Ordinal)
        || lowerName.Contains("api-key", StringComparison.Ordinal)
        || lowerName.Contains("secret", StringComparison.Ordinal)
        || lowerName.EndsWith("-token", StringComparison.Ordinal);

    /// <summary>Anywhere in any value, also inside the base64 of Basic credentials.</summary>
    internal static bool HoldsOurToken(StringValues values)
    {
        foreach (var value in values)
        {
            if (value is null) continue;
            if (value.Contains(TokenPrefix, StringComparison.OrdinalIgnoreCase)) return true;
            foreach (var part in value.Split([' ', ',', '\t', '"', '=', ';'], StringSplitOptions.RemoveEmptyEntries))
            {
                if (Decoded(part).Contains(TokenPrefix, StringComparison.OrdinalIgnoreCase)) return true;
            }
        }

        return false;
    }

    private static string Decoded(string part)
    {
        var padded = part.Replace('-', '+').Replace('_', '/').PadRight((part.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length];
        return Convert.TryFromBase64String(padded, bytes, out var length) ? Encoding.Latin1.GetString(bytes, 0, length) : "";
    }

    private static string? Joined(StringValues values, string separator) => values.Count == 1 ? values[0] : string.Join(separator, values.AsEnumerable());

    /// <summary>As they came where none is ours.</summary>
    private static string? WithoutOurs(StringValues values)
    {
        var cookies = values.SelectMany(value => (value ?? "").Split(';')).ToArray();
        if (!cookies.Any(IsOurs)) return Joined(values, "; ");
        var kept = cookies.Where(cookie => !IsOurs(cookie)).Select(cookie => cookie.Trim(' ', '\t')).Where(cookie => cookie.Length > 0);
        return string.Join("; ", kept) is { Length: > 0 } text ? text : null;
    }

    /// <summary>Also where the name stands behind an equals sign: such a cookie is sent back without it.</summary>
    private static bool IsOurs(string cookie) => PageCookie.IsOurs(cookie.Trim().TrimStart('=').Split('=')[0].Trim());

    private static string Lower(string name) => name switch
    {
        "Host" => "host",
        "User-Agent" => "user-agent",
        "Accept" => "accept",
        "Content-Type" => "content-type",
        "Content-Length" => "content-length",
        "Authorization" => "authorization",
        "Connection" => "connection",
        _ => name.ToLowerInvariant(),
    };
}
