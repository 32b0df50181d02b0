using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Checkpoints;

/// <summary>Composition of this folder: <c>sdk.checkpoint</c>.</summary>
internal static class CheckpointServices
{
    public static IServiceCollection AddCheckpoints(this IServiceCollection services)
    {
        services.AddSingleton<CheckpointStore>();
        services.AddHostedService<CheckpointSweeper>();
        services.AddSingleton<ICapability, CheckpointCapability>();
        return services;
    }
}
