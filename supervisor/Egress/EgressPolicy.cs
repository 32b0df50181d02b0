using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Egress;

/// <summary>Where one tenant may connect to: its lists, read once.</summary>
internal sealed class EgressPolicy
{
    private static readonly string[] s_blockedNames = ["metadata.google.internal", "metadata.goog", "instance-data.ec2.internal", "instance-data", "localhost"];

    private readonly HostPattern[]? _hosts;
    private readonly HostPattern[] _privateHosts;

    public EgressPolicy(Guid tenantId, TenantEgress egress)
    {
        TenantId = tenantId;
        _hosts = egress.Hosts?.Select(host => HostPattern.Parse(host)).OfType<HostPattern>().ToArray();
        _privateHosts = [.. egress.PrivateHosts.Select(host => HostPattern.Parse(host, allowsSuffix: false)).OfType<HostPattern>()];
    }

    public Guid TenantId { get; }

    /// <summary>Why this tenant may not call there; null: it may, if the address may.</summary>
    /// <param name="isOpenPort">Ports that need no entry of a list.</param>
    public string? Refusal(UrlHost host, int port, Func<int, bool> isOpenPort)
    {
        var byHost = Array.FindAll(_hosts ?? [], pattern => pattern.Matches(host, port));
        var byPrivate = Array.FindAll(_privateHosts, pattern => pattern.Matches(host, port));
        if (IsBlockedName(host.Name)) return $"{host.Name} is never called";
        if (_hosts is not null && byHost.Length == 0 && byPrivate.Length == 0)
            return $"{host.InUrl}:{port} is not among the hosts that the tenant may call; an operator adds it to egress.hosts of the tenant";
        if (!isOpenPort(port) && !byHost.Concat(byPrivate).Any(pattern => pattern.Port == port))
            return $"the port {port} is not open; an operator opens it with the entry {host.InUrl}:{port} in egress.hosts of the tenant";
        return null;
    }

    /// <summary>An operator opened this host, though its address is private.</summary>
    public bool OpensPrivate(UrlHost host, int port) => Array.Exists(_privateHosts, pattern => pattern.Matches(host, port));

    private static bool IsBlockedName(string name) =>
        Array.Exists(s_blockedNames, blocked => name == blocked || name.EndsWith($".{blocked}", StringComparison.Ordinal));
}
