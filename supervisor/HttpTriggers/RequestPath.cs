using Microsoft.AspNetCore.Http.Features;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>A request to the endpoints listener, taken apart from its raw target: decoding after splitting keeps an encoded slash inside its segment.</summary>
/// <param name="TenantSlug">Of the prefix <c>/t/{tenant}</c>; null where there is none.</param>
/// <param name="Path">Beneath <c>/api/scripts</c>, as it was sent, beginning with a slash.</param>
/// <param name="Segments">Of <paramref name="Path"/>, decoded.</param>
internal sealed record RequestPath(string? TenantSlug, string Path, IReadOnlyList<string> Segments)
{
    private const string Root = "/api/scripts";
    private const string TenantRoot = "/t/";

    public static Problem NulRefusal { get; } = new(400, Codes.InvalidArgument, "The path holds a NUL (%00).");

    /// <summary>Whether a NUL is written before the query. Kestrel refuses it in a target that begins with a slash, but not in an absolute one.</summary>
    public static bool HoldsNul(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget.AsSpan();
        var query = target.IndexOf('?');
        return (query < 0 ? target : target[..query]).Contains("%00", StringComparison.Ordinal);
    }

    /// <summary>Null where the target is none of an endpoint's.</summary>
    public static RequestPath? Parse(string rawTarget)
    {
        var path = rawTarget.AsSpan();
        // The absolute form (RFC 9112, 3.2.2) is what proxies are sent; the Host header has its authority too.
        if (!path.StartsWith("/"))
        {
            var scheme = path.IndexOf("://");
            var slash = scheme < 0 ? -1 : path[(scheme + 3)..].IndexOf('/');
            if (slash < 0) return null;
            path = path[(scheme + 3 + slash)..];
        }

        var query = path.IndexOf('?');
        if (query >= 0) path = path[..query];

        string? slug = null;
        if (path.StartsWith(TenantRoot))
        {
            var rest = path[TenantRoot.Length..];
            var end = rest.IndexOf('/');
            if (end <= 0) return null;
            slug = Uri.UnescapeDataString(rest[..end].ToString());
            path = rest[end..];
        }

        if (!path.StartsWith(Root)) return null;
        path = path[Root.Length..];
        if (path.Length == 0) return new RequestPath(slug, "/", []);
        if (path[0] != '/') return null;

        var text = path.ToString();
        var parts = text.Length == 1 ? [] : text[1..].Split('/');
        // One slash at the end says nothing.
        if (parts is [.., ""]) parts = parts[..^1];
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Contains('%')) parts[i] = Uri.UnescapeDataString(parts[i]);
            if (parts[i] is "." or "..") return null;
        }

        return new RequestPath(slug, text, parts);
    }
}
