using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Alerts;

/// <summary>Composition of this folder: rounds decide what is an alert, deliveries carry it to the tenant's channels.</summary>
internal static class AlertServices
{
    public static IServiceCollection AddAlerts(this IServiceCollection services)
    {
        services.AddOptions<AlertOptions>().BindConfiguration(AlertOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<AlertStore>();
        services.AddSingleton<AlertChannelStore>();
        services.AddSingleton<AlertRuleStore>();
        services.AddSingleton<AlertDeliveryStore>();
        services.AddSingleton<AlertRoundStore>();
        services.AddSingleton<AlertChannels>();
        services.AddSingleton<AlertMail>();
        services.AddSingleton<AlertPost>();
        services.AddSingleton<AlertSender>();
        services.AddSingleton<AlertRounds>();
        services.AddSingleton<AlertDeliveries>();
        services.AddSingleton<IAlerts, AlertService>();
        services.AddHostedService<AlertWork>();
        return services;
    }
}
