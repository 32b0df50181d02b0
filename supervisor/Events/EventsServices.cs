using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Queue;

namespace Sandbox.Supervisor.Events;

/// <summary>Composition of this folder: the ways to publish, the router, and what is told of deliveries.</summary>
internal static class EventsServices
{
    public static IServiceCollection AddEvents(this IServiceCollection services)
    {
        services.AddSingleton<EventStore>();
        services.AddSingleton<EventReadStore>();
        services.AddSingleton<RoutingStore>();
        services.AddSingleton<EventSweepStore>();
        services.AddSingleton<RouterSignal>();
        services.AddSingleton<IWorkSignal>(provider => provider.GetRequiredService<RouterSignal>());
        services.AddSingleton<EventDoor>();
        services.AddSingleton<IEvents, EventService>();
        services.AddSingleton<ICapability, EventPublishing>();
        services.AddSingleton<IQueueOrigin, DeliveryOrigin>();
        services.AddSingleton<IQueueOrigin, BatchOrigin>();
        services.AddHostedService<EventRouter>();
        services.AddHostedService<EventSweeper>();
        return services;
    }
}
