using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Changes;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Tenants;

/// <summary>Composition of this folder.</summary>
internal static class TenantsServices
{
    public static IServiceCollection AddTenants(this IServiceCollection services)
    {
        services.AddSingleton<TenantStore>();
        services.AddSingleton<TokenStore>();
        services.AddSingleton<TenantDirectory>();
        services.AddSingleton<ITenantDirectory>(provider => provider.GetRequiredService<TenantDirectory>());
        services.AddSingleton<TenantChanges>().AddChangeSubscriber<TenantChanges>();
        services.AddSingleton<ITenants, TenantService>();
        services.AddSingleton<ITenantLimits, TenantLimitsService>();
        services.AddSingleton<TokenService>().AddChangeSubscriber<TokenService>();
        services.AddSingleton<ITokens>(provider => provider.GetRequiredService<TokenService>());
        return services;
    }
}
