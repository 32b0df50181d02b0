using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.DeadLetters;

/// <summary>Composition of this folder.</summary>
internal static class DeadLetterServices
{
    public static IServiceCollection AddDeadLetters(this IServiceCollection services)
    {
        services.AddSingleton<DeadLetterStore>();
        services.AddSingleton<IDeadLetters, DeadLetterService>();
        return services;
    }
}
