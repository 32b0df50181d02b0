using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Errors;

/// <summary>Composition of this folder. The history counts failures as it stores them.</summary>
internal static class ErrorServices
{
    public static IServiceCollection AddErrors(this IServiceCollection services)
    {
        services.AddSingleton<ErrorStore>();
        services.AddSingleton<ErrorSweepStore>();
        services.AddSingleton<IErrors, ErrorService>();
        services.AddHostedService<ErrorSweeper>();
        return services;
    }
}
