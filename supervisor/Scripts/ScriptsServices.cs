using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Changes;

namespace Sandbox.Supervisor.Scripts;

/// <summary>Composition of this folder.</summary>
internal static class ScriptsServices
{
    public static IServiceCollection AddScripts(this IServiceCollection services)
    {
        services.AddSingleton<ScriptStore>();
        services.AddSingleton(provider => new ScriptCache(provider.GetRequiredService<ScriptStore>().GetAsync));
        services.AddChangeSubscriber<ScriptCache>();
        services.AddSingleton<ScriptService>();
        services.AddSingleton<IScripts>(provider => provider.GetRequiredService<ScriptService>());
        services.AddSingleton<DraftStore>();
        services.AddSingleton<IDrafts, DraftService>();
        return services;
    }
}
