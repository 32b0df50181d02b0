using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Changes;

namespace Sandbox.Supervisor.Entities;

/// <summary>Composition of this folder.</summary>
internal static class EntitiesServices
{
    public static IServiceCollection AddEntities(this IServiceCollection services)
    {
        services.AddSingleton<EntityStore>();
        services.AddSingleton<EntityTableStore>();
        services.AddSingleton<BusinessTableStore>();
        services.AddSingleton<EntityOpening>();
        services.AddSingleton<IEntities, EntityService>();
        services.AddSingleton<IEntityTables, EntityTableService>();
        services.AddSingleton<EntityCatalog>().AddChangeSubscriber<EntityCatalog>();
        services.AddSingleton<IEntityCatalog>(provider => provider.GetRequiredService<EntityCatalog>());
        return services;
    }
}
