using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Supervisor.Workers;

/// <summary>Composition of this folder.</summary>
internal static class WorkerServices
{
    public static IServiceCollection AddSandboxWorkers(this IServiceCollection services)
    {
        services.AddOptions<WorkersOptions>().BindConfiguration(WorkersOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<LaunchOptions>().BindConfiguration(WorkersOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<WorkersLog>();
        services.AddSingleton<WorkerLauncher>();
        services.AddSingleton<IWorkerSource, WorkerSource>();
        services.AddSingleton<WorkerPool>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkerPool>());
        return services;
    }
}
