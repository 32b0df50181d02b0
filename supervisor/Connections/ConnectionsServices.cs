using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Changes;
using Sandbox.Supervisor.Egress;

namespace Sandbox.Supervisor.Connections;

/// <summary>Composition of this folder: credentials that the broker adds to requests.</summary>
internal static class ConnectionsServices
{
    public static IServiceCollection AddSandboxConnections(this IServiceCollection services)
    {
        services.AddSingleton<ConnectionCipher>();
        services.AddSingleton<ConnectionStore>();
        services.AddSingleton<OpenConnections>().AddChangeSubscriber<OpenConnections>();
        services.AddSingleton<IConnections, ConnectionService>();
        services.AddSingleton<TokenRequests>();
        services.AddSingleton<OAuthTokens>();
        services.AddSingleton<IConnectionCredentials, ConnectionCredentials>();
        return services;
    }
}
