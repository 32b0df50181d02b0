namespace Sandbox.Supervisor.Uses;

/// <summary>Composition of this folder.</summary>
internal static class UsesServices
{
    public static IServiceCollection AddUses(this IServiceCollection services) => services.AddSingleton<EffectiveUses>();
}
