using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Entities;

/// <summary>Composition of <c>sdk.db</c>.</summary>
internal static class DataServices
{
    public static IServiceCollection AddData(this IServiceCollection services)
    {
        services.AddOptions<DataOptions>().BindConfiguration(DataOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IDataSources, DataSources>();
        services.AddSingleton<DataAccess>();
        services.AddSingleton<ICapability, DbFind>();
        services.AddSingleton<ICapability, DbFindOne>();
        services.AddSingleton<ICapability, DbGet>();
        services.AddSingleton<ICapability, DbCount>();
        services.AddSingleton<ICapability, DbInsert>();
        services.AddSingleton<ICapability, DbUpsert>();
        services.AddSingleton<ICapability, DbUpdate>();
        services.AddSingleton<ICapability, DbUpdateById>();
        services.AddSingleton<ICapability, DbDelete>();
        services.AddSingleton<ICapability, DbDeleteById>();
        services.AddSingleton<ICapability, DbEntities>();
        services.AddSingleton<ICapability, DbCommit>();
        services.AddSingleton<ICapability, DbRollback>();
        return services;
    }
}
