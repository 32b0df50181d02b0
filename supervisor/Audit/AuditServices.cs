using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Audit;

/// <summary>Composition of this folder.</summary>
internal static class AuditServices
{
    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddOptions<AuditOptions>().BindConfiguration(AuditOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<AuditStore>();
        services.AddSingleton<AuditBound>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<IAuditTrail>(provider => provider.GetRequiredService<AuditTrail>());
        services.AddSingleton<IAudit, AuditService>();
        services.AddHostedService<AuditSweeper>();
        return services;
    }
}
