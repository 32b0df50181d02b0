using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Hooks;

/// <summary>Composition of this folder.</summary>
internal static class HooksServices
{
    public static IServiceCollection AddHooks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(HookDeclarations.Read(configuration));
        services.AddSingleton<HookRuns>();
        services.AddSingleton<IHooks, HookService>();
        return services;
    }
}
