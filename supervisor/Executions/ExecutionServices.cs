using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Executions;

/// <summary>Composition of this folder.</summary>
internal static class ExecutionServices
{
    public static IServiceCollection AddSandboxExecutions(this IServiceCollection services)
    {
        services.AddOptions<ExecutionsOptions>().BindConfiguration(ExecutionsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ExecutionsLog>();
        services.AddSingleton<IExecutionCount, RecordedExecutionCount>();
        services.AddSingleton<Admission>();
        services.AddSingleton<Runner>();
        services.AddHostedService(provider => provider.GetRequiredService<Runner>());
        services.AddSingleton<IExecutions, ExecutionDoor>();
        services.AddSingleton<ISourceChecker, SourceChecker>();
        return services;
    }
}
