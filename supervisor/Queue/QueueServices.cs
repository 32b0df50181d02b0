using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;

namespace Sandbox.Supervisor.Queue;

/// <summary>Composition of this folder. Services end in the order against this one: the dispatcher first, the lease last.</summary>
internal static class QueueServices
{
    public static IServiceCollection AddQueue(this IServiceCollection services)
    {
        services.AddOptions<QueueOptions>().BindConfiguration(QueueOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<QueueStore>();
        services.AddSingleton<QueuedStore>();
        services.AddSingleton<FailureStore>();
        services.AddSingleton<QueueEndStore>();
        services.AddSingleton<NodeStore>();
        services.AddSingleton<NodeFile>();
        services.AddSingleton<Node>();
        services.AddSingleton<DispatchSignal>();
        services.AddSingleton<IWorkSignal>(provider => provider.GetRequiredService<DispatchSignal>());
        services.AddSingleton<QueueRecords>();
        services.AddSingleton<TriggerSeal>();
        services.AddSingleton<Takeover>();
        services.AddSingleton<LaneShares>();
        services.AddSingleton<LaneWaits>();
        services.AddSingleton<QueuedWaits>();
        services.AddSingleton<Attempts>();
        services.AddSingleton<OnceKeyStore>();
        services.AddSingleton<QueueLevels>();
        services.AddSingleton<EnqueueDoor>();
        services.AddSingleton<IDurableExecutions, DurableExecutions>();
        services.AddSingleton<IQueuedExecutions, QueuedExecutions>();
        services.AddSingleton<NodeLease>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeLease>());
        services.AddSingleton<QueueEnds>();
        services.AddHostedService(provider => provider.GetRequiredService<QueueEnds>());
        services.AddSingleton<NewWork>();
        services.AddHostedService(provider => provider.GetRequiredService<NewWork>());
        services.AddHostedService<QueueListener>();
        services.AddHostedService<QueueSweeper>();
        services.AddHostedService<Dispatcher>();
        return services;
    }
}
