using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.History;

/// <summary>Composition of this folder.</summary>
internal static class HistoryServices
{
    public static IServiceCollection AddHistory(this IServiceCollection services)
    {
        services.AddSingleton<ExecutionStore>();
        services.AddSingleton<HistoryStore>();
        services.AddSingleton(provider => new Journal(Path.Combine(provider.GetRequiredService<DataDirectory>().Path, "journal")));
        services.AddSingleton<RejectedRecords>();
        services.AddSingleton<HistoryDelivery>();
        services.AddSingleton<HistoryRecovery>();
        services.AddSingleton<HistoryWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<HistoryWriter>());
        return services;
    }
}
