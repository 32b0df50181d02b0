using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Tries;

/// <summary>Composition of this folder.</summary>
internal static class TriesServices
{
    public static IServiceCollection AddTries(this IServiceCollection services) => services.AddSingleton<ITries, TryService>();
}
