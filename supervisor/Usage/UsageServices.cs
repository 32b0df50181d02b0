using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Usage;

/// <summary>Composition of this folder.</summary>
internal static class UsageServices
{
    public static IServiceCollection AddUsage(this IServiceCollection services)
    {
        services.AddSingleton<UsageStore>();
        services.AddSingleton<IUsage, UsageService>();
        return services;
    }
}
