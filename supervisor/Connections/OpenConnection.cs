using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Egress;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Connections;

/// <summary>A connection with its secret, as the broker uses it. No record: those write out what they hold.</summary>
internal sealed class OpenConnection(Guid tenantId, Connection connection, string secret)
{
    private readonly HostPattern[] _hosts = [.. connection.Hosts.Select(host => HostPattern.Parse(host)).OfType<HostPattern>()];

    public Guid TenantId { get; } = tenantId;

    public Connection Connection { get; } = connection;

    public string Secret { get; } = secret;

    /// <summary>A request there is given the credential.</summary>
    public bool Covers(Uri url, UrlHost host) =>
        url.Scheme == Uri.UriSchemeHttps && Array.Exists(_hosts, pattern => pattern.Matches(host, url.Port));
}
