using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Egress;

/// <summary>Composition of this folder: the one checked way out, and <c>sdk.http</c>.</summary>
internal static class EgressServices
{
    public static IServiceCollection AddEgress(this IServiceCollection services)
    {
        services.AddSingleton<NameResolver>();
        services.AddSingleton<OwnAddresses>();
        services.AddSingleton<CheckedConnector>();
        services.AddSingleton<EgressClients>();
        services.AddSingleton<EgressBudget>();
        services.AddSingleton<HttpExchange>();
        services.AddSingleton<ICapability, HttpRead>();
        services.AddSingleton<ICapability, HttpSend>();
        return services;
    }
}
