using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Sandbox.Supervisor.Listeners;

/// <summary>
/// Takes <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> from a configured proxy and from nobody else; the address that the connection itself
/// came from stays to be had, since that is what trust hangs on.
/// </summary>
internal static class Forwarded
{
    /// <summary>Of the TCP peer, whatever any header says.</summary>
    public sealed record PeerFeature(IPAddress? Address);

    /// <summary>Rewrites the request where a trusted proxy sent it. The right-most address that is no proxy of ours is the client.</summary>
    public static void Apply(HttpContext context, TrustedProxies proxies)
    {
        if (proxies.Networks.Count == 0) return;
        var peer = context.Connection.RemoteIpAddress;
        if (!proxies.Trusts(peer)) return;

        context.Features.Set(new PeerFeature(peer));
        var request = context.Request;
        var chain = request.Headers["X-Forwarded-For"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (var i = chain.Length - 1; i >= 0; i--)
        {
            if (!TryParse(chain[i], out var address)) break;
            context.Connection.RemoteIpAddress = address;
            if (!proxies.Trusts(address)) break;
        }

        if (request.Headers["X-Forwarded-Proto"].ToString() is "https") request.Scheme = Uri.UriSchemeHttps;
        if (request.Headers["X-Forwarded-Host"].ToString() is { Length: > 0 } host) request.Host = new HostString(host.Split(',')[^1].Trim());
    }

    /// <summary>With a port behind it, as some proxies write, or without.</summary>
    private static bool TryParse(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        if (IPAddress.TryParse(text, out address)) return true;
        address = IPEndPoint.TryParse(text, out var endPoint) ? endPoint.Address : null;
        return address is not null;
    }

    public static IPAddress? Peer(HttpContext context) =>
        context.Features.Get<PeerFeature>() is { } feature ? feature.Address : context.Connection.RemoteIpAddress;
}
