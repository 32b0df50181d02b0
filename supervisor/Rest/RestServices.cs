namespace Sandbox.Supervisor.Rest;

/// <summary>Composition of this folder.</summary>
internal static class RestServices
{
    public static IServiceCollection AddRest(this IServiceCollection services)
    {
        services.AddSingleton<IdempotencyStore>();
        services.AddHostedService<IdempotencySweeper>();
        return services;
    }
}
