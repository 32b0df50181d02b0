namespace Sandbox.Supervisor.Listeners;

/// <summary>Section <c>Sandbox:Proxy</c>: the reverse proxies in front, if any. Nobody else's forwarded headers are believed.</summary>
internal sealed class ProxyOptions
{
    public const string Section = "Sandbox:Proxy";

    /// <summary>Header in which a trusted proxy presents <see cref="Secret"/> beside <c>X-Tenant</c>. Never passed on to a script.</summary>
    public const string SecretHeader = "X-Proxy-Secret";

    /// <summary>Addresses or networks (<c>10.0.0.7</c>, <c>10.0.0.0/24</c>) whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are believed.</summary>
    public IList<string> Addresses { get; } = [];

    /// <summary>What such a proxy must present before its <c>X-Tenant</c> names the tenant of an endpoint; at least 16 characters. Empty: <c>X-Tenant</c> is not read there.</summary>
    public string Secret { get; set; } = "";
}
