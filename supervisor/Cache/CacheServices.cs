using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Cache;

/// <summary>Composition of this folder: <c>sdk.cache</c>.</summary>
internal static class CacheServices
{
    public static IServiceCollection AddCache(this IServiceCollection services)
    {
        services.AddSingleton<CacheStore>();
        services.AddSingleton<CacheBudget>();
        services.AddHostedService<CacheSweeper>();
        services.AddSingleton<ICapability, CacheGet>();
        services.AddSingleton<ICapability, CacheSet>();
        services.AddSingleton<ICapability, CacheDelete>();
        services.AddSingleton<ICapability, CacheExists>();
        services.AddSingleton<ICapability, CacheIncrement>();
        services.AddSingleton<ICapability, CacheExpire>();
        return services;
    }
}
