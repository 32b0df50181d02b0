using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Egress;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Connections;

/// <summary>Opens the connection that a request of a script names.</summary>
internal sealed class ConnectionCredentials(OpenConnections connections, OAuthTokens tokens) : IConnectionCredentials
{
    public async ValueTask<IHopCredential> OfAsync(BrokerCall call, string name, Uri url, CancellationToken cancellationToken)
    {
        if (await connections.GetAsync(call.TenantId, name, cancellationToken) is not { } open)
            throw call.Refused(Codes.NotFound, $"there is no connection '{name}'; make it with PUT /api/v1/connections/{name}");
        if (url.Scheme != Uri.UriSchemeHttps)
            throw call.Refused(Codes.NotAllowed, $"the connection '{name}' is used over https alone; write https:// in the URL");
        var host = UrlHost.Parse(url.Host) ?? throw call.Invalid("url has no host that can be called");
        if (!open.Covers(url, host))
        {
            throw call.Refused(
                Codes.NotAllowed,
                $"the connection '{name}' is not for {host.InUrl}:{url.Port}; its hosts are {string.Join(", ", open.Connection.Hosts)}");
        }

        var credential = new ConnectionCredential(open, call, tokens);
        credential.HideSecrets();
        return credential;
    }
}
