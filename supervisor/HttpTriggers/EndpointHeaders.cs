using System.Buffers;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>Which headers of a script's answer go out. What cannot go out is left out: a worker is not believed to have checked them.</summary>
internal sealed class EndpointHeaders
{
    // RFC 9110, 5.6.2: a field name is a token.
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Hop-by-hop ones (RFC 9110, 7.6.1), those that frame the answer, those that make a reverse proxy serve a file of its own, and our own.</summary>
    private static readonly HashSet<string> Dropped = new(StringComparer.OrdinalIgnoreCase)
    {
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer", "trailers",
        "transfer-encoding", "upgrade", "content-length", "date", "alt-svc",
        "x-accel-redirect", "x-sendfile", "x-lighttpd-send-file", "x-reproxy-file", "x-reproxy-url", HeaderNames.ExecutionId,
    };

    /// <summary>What HTTP takes off a value's ends (RFC 9110, 5.5). Trim alone would take U+0085 and U+00A0 too, which are bytes of the value.</summary>
    private static readonly char[] Blank = [' ', '\t'];

    private readonly bool _prefixed;
    private readonly string _host;
    private readonly List<KeyValuePair<string, string>> _headers = [];

    public EndpointHeaders(HttpRequest request, bool prefixed) => (_host, _prefixed) = (request.Host.Host, prefixed);

    public void Add(string name, string value)
    {
        if (name.Length > 0 && !name.AsSpan().ContainsAnyExcept(NameCharacters) && IsValue(value)) _headers.Add(new KeyValuePair<string, string>(name, value.Trim(Blank)));
    }

    public void CopyTo(HttpResponse response)
    {
        var named = _headers.Where(header => header.Key.Equals("connection", StringComparison.OrdinalIgnoreCase))
            .SelectMany(header => header.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in _headers)
        {
            if (Dropped.Contains(name) || named.Contains(name) || (_prefixed && !SharedOriginHeaders.MayLeave(name))) continue;
            if (name.Equals("set-cookie", StringComparison.OrdinalIgnoreCase) && !MaySet(value)) continue;
            if (response.Headers.ContainsKey(name) && name.StartsWith("access-control-", StringComparison.OrdinalIgnoreCase)) continue;
            response.Headers.Append(name, value);
        }
    }

    /// <summary>Every answer of a listener that several tenants' pages may share.</summary>
    public static void Seal(HttpResponse response, bool prefixed)
    {
        // Tenants under /t/ share an origin: `sandbox` gives each answer an opaque one of its own (CSP level 3, 6.3.2).
        if (prefixed) response.Headers.Append("Content-Security-Policy", "sandbox");
    }

    private bool MaySet(string cookie)
    {
        var parts = cookie.Split(';', StringSplitOptions.TrimEntries);
        // A cookie without a name is sent back as its value alone, which may read as one of ours (RFC 6265bis, 5.7).
        if (parts[0].IndexOf('=') <= 0 || PageCookie.IsOurs(parts[0].Split('=')[0].Trim())) return false;
        foreach (var part in parts.Skip(1))
        {
            var equals = part.IndexOf('=');
            if (equals < 0 || !part.AsSpan(0, equals).Trim().Equals("domain", StringComparison.OrdinalIgnoreCase)) continue;
            var domain = part[(equals + 1)..].Trim().TrimStart('.');
            // A parent domain would reach the admin and the other tenants beside this host.
            if (domain.Length > 0 && !domain.Equals(_host, StringComparison.OrdinalIgnoreCase)) return false;
        }

        return true;
    }

    private static bool IsValue(string value)
    {
        foreach (var c in value)
        {
            if (c is not ('\t' or (>= ' ' and <= '~') or (>= '\u0080' and <= '\u00ff'))) return false;
        }

        return true;
    }
}
