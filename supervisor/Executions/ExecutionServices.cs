using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Tenants;

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
        services.AddSingleton<InFlight>();
        services.AddHostedService(provider => provider.GetRequiredService<InFlight>());
        services.AddSingleton<JournalLedger>();
        services.AddSingleton<ExecutionTail>();
        services.AddSingleton<Func<ExecutionTail>>(provider => provider.GetRequiredService<ExecutionTail>);
        services.AddSingleton<INestedRuns, NestedRuns>();
        services.AddSingleton<IRunDoor, RunDoor>();
        services.AddSingleton<ExecutionReader>();
        services.AddSingleton<ITenantEviction>(provider => provider.GetRequiredService<ExecutionReader>());
        services.AddSingleton<IExecutions, ExecutionService>();
        services.AddSingleton<ISourceChecker, SourceChecker>();
        return services;
    }
}
