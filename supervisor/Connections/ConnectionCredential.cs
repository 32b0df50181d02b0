using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Egress;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Connections;

/// <summary>A connection's credential for the hops of one request.</summary>
internal sealed class ConnectionCredential(OpenConnection open, BrokerCall call, OAuthTokens tokens) : IHopCredential
{
    private const string Authorization = "Authorization";

    // The token of the last hop, where it was got for an earlier request.
    private string? _cached;
    private bool _isRenewed;

    private Connection Connection => open.Connection;

    /// <summary>Masks all spellings in which the credential goes out.</summary>
    /// <exception cref="CallRefusedException">The execution holds as many values as it may.</exception>
    public void HideSecrets()
    {
        Hide(open.Secret);
        // A server may show the value of a header such as "Bearer abc" without its scheme.
        if (Connection.Type == ConnectionType.Header && open.Secret.Split(' ', 2) is [_, var rest]) Hide(rest);
        if (Connection.Type == ConnectionType.Basic) Hide(BasicText());
    }

    public async ValueTask ApplyAsync(HttpRequestMessage request, UrlHost host, CancellationToken cancellationToken)
    {
        _cached = null;
        var isCovered = open.Covers(request.RequestUri!, host);
        switch (Connection.Type)
        {
            case ConnectionType.Query:
                // A server may redirect with the query that it was called with: it takes the credential to no other host.
                request.RequestUri = isCovered
                    ? QueryParameter.Set(request.RequestUri!, Connection.Parameter!, open.Secret)
                    : QueryParameter.Remove(request.RequestUri!, Connection.Parameter!, open.Secret);
                break;
            case ConnectionType.Header when isCovered:
                Set(request, Connection.Header!, open.Secret);
                break;
            case ConnectionType.Basic when isCovered:
                Set(request, Authorization, $"Basic {BasicText()}");
                break;
            case ConnectionType.OAuth2 when isCovered:
                Set(request, Authorization, $"Bearer {await TokenAsync(cancellationToken)}");
                break;
            case ConnectionType.Header or ConnectionType.Basic or ConnectionType.OAuth2:
                break;
            default:
                throw new InvalidOperationException(Connection.Type.ToString());
        }
    }

    public bool TryRenew()
    {
        if (_cached is null || _isRenewed) return false;
        _isRenewed = true;
        tokens.Drop(open, _cached);
        return true;
    }

    private async ValueTask<string> TokenAsync(CancellationToken cancellationToken)
    {
        var (token, isCached) = await tokens.GetAsync(open, call.Execution.Request.Tenant, cancellationToken);
        Hide(token);
        if (isCached) _cached = token;
        return token;
    }

    private string BasicText() => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Connection.Username}:{open.Secret}"));

    private void Hide(string value)
    {
        if (call.Execution.Mask.Add(value)) return;
        throw call.Refused(
            Codes.QuotaExceeded,
            $"an execution is given at most {SecretMask.ValuesMax} different secrets of {SecretMask.CharactersMax} characters in all, "
            + "those of connections included");
    }

    /// <summary>A header of the same name that the script gave loses.</summary>
    private static void Set(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }
}
