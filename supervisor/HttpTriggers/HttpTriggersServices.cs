using Sandbox.Supervisor.Changes;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>Composition of this folder.</summary>
internal static class HttpTriggersServices
{
    public static IServiceCollection AddHttpTriggers(this IServiceCollection services)
    {
        services.AddSingleton<RouteStore>();
        services.AddSingleton<RouteTable>();
        services.AddSingleton<RequestRates>();
        services.AddSingleton<TenantResolver>();
        services.AddSingleton<WebhookGate>();
        services.AddSingleton<QueuedRequests>();
        services.AddSingleton<EndpointDoor>();
        services.AddSingleton<RouteChanges>().AddChangeSubscriber<RouteChanges>();
        return services;
    }
}
