using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Email;

/// <summary>Composition of this folder: a tenant's SMTP server, and <c>sdk.email</c>.</summary>
internal static class EmailServices
{
    public static IServiceCollection AddEmail(this IServiceCollection services)
    {
        services.AddSingleton<EmailSettingsStore>();
        services.AddSingleton<EmailSettingsService>();
        services.AddSingleton<IEmailSettings>(provider => provider.GetRequiredService<EmailSettingsService>());
        services.AddSingleton<EmailSender>();
        services.AddSingleton<ICapability, EmailSend>();
        return services;
    }
}
