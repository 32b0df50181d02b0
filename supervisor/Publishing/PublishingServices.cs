using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Publishing;

/// <summary>Composition of this folder: <c>sdk.events</c>.</summary>
internal static class PublishingServices
{
    public static IServiceCollection AddPublishing(this IServiceCollection services)
    {
        services.AddSingleton<EventStore>();
        services.AddSingleton<ICapability, EventPublish>();
        return services;
    }
}
