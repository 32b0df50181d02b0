using System.Net;
using System.Text;
using BitFaster.Caching;
using BitFaster.Caching.Lru;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Egress;

/// <summary>
/// HTTP clients, one for each tenant and state of its lists: no connection that was made for one is used for another. What is not used is closed.
/// </summary>
internal sealed class EgressClients(CheckedConnector connector) : IDisposable
{
    private const int ClientsMax = 500;
    private const int HeadersKilobytesMax = 64;
    private static readonly TimeSpan s_connectionLife = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_connectionIdle = TimeSpan.FromSeconds(20);

    private readonly ICache<(Guid Tenant, DateTimeOffset Changed), HttpMessageInvoker> _clients =
        new ConcurrentLruBuilder<(Guid Tenant, DateTimeOffset Changed), HttpMessageInvoker>().WithCapacity(ClientsMax).WithExpireAfterAccess(TimeSpan.FromMinutes(10)).Build();

    /// <param name="tenantId">Whose it is.</param>
    /// <param name="changed">When the tenant was last changed.</param>
    /// <param name="policy">Its lists, as they then were.</param>
    public HttpMessageInvoker Of(Guid tenantId, DateTimeOffset changed, EgressPolicy policy) =>
        _clients.GetOrAdd((tenantId, changed), static (_, given) => new HttpMessageInvoker(given.Clients.Handler(given.Policy)), (Clients: this, Policy: policy));

    public void Dispose() => _clients.Clear();

    private SocketsHttpHandler Handler(EgressPolicy policy) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.All,
        ActivityHeadersPropagator = null,
        MaxResponseHeadersLength = HeadersKilobytesMax,
        MaxResponseDrainSize = 0,
        PooledConnectionLifetime = s_connectionLife,
        PooledConnectionIdleTimeout = s_connectionIdle,
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var (name, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
            var host = UrlHost.Parse(name.Contains(':', StringComparison.Ordinal) && name[0] != '[' ? $"[{name}]" : name)
                ?? throw new EgressRefusedException(Protocol.Api.Codes.InvalidArgument, $"{name} is no host");
            return await connector.ConnectAsync(policy, host, port, EgressPorts.IsWeb, cancellationToken);
        },
    };
}
