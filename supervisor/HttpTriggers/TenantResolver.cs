using System.Net;
using System.Security.Cryptography;
using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Hosting.Configuration;
using Sandbox.Supervisor.Listeners;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>
/// Which tenant an endpoint request is for: the host name, else <c>X-Tenant</c> of a trusted proxy, else the prefix <c>/t/{tenant}</c>. Where two of them
/// name different tenants the request is for none.
/// </summary>
internal sealed class TenantResolver(TenantDirectory tenants, TrustedProxies proxies, ProxyOptions options)
{
    private readonly byte[] _secret = Encoding.UTF8.GetBytes(options.Secret);

    /// <param name="connectionAddress">Of the TCP peer, before any forwarded header.</param>
    public Tenant? Resolve(HttpRequest request, string? prefixSlug, IPAddress? connectionAddress)
    {
        var byHost = tenants.ByHost(request.Host.Host);
        var byProxy = FromProxy(request, connectionAddress, out var named);
        if (named && byProxy is null) return null;
        var byPrefix = prefixSlug is null ? null : tenants.BySlug(prefixSlug);
        if (prefixSlug is not null && byPrefix is null) return null;

        var tenant = byHost ?? byProxy ?? byPrefix;
        if (tenant is null) return null;
        return (byProxy is null || byProxy.Id == tenant.Id) && (byPrefix is null || byPrefix.Id == tenant.Id) ? tenant : null;
    }

    private Tenant? FromProxy(HttpRequest request, IPAddress? connectionAddress, out bool named)
    {
        named = false;
        if (_secret.Length == 0 || !request.Headers.TryGetValue("X-Tenant", out var slug) || !proxies.Trusts(connectionAddress)) return null;
        // Kestrel reads each byte of a header as one character.
        var presented = Encoding.Latin1.GetBytes(request.Headers[ProxyOptions.SecretHeader].ToString());
        if (!CryptographicOperations.FixedTimeEquals(presented, _secret)) return null;
        named = true;
        return tenants.BySlug(slug.ToString());
    }
}
