using Prometheus;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Alerts;

/// <summary>See <c>docs/telemetry.md</c>.</summary>
internal static class AlertsMetrics
{
    private static readonly Counter s_messages = Metrics.CreateCounter("sandbox_alert_messages_total", "Messages about alerts that rules had for their channels.");

    private static readonly Counter s_deliveries = Metrics.CreateCounter(
        "sandbox_alert_deliveries_total", "Attempts to send a message to a channel; outcome: sent, refused.", "type", "outcome");

    public static void Told(int messages) => s_messages.Inc(messages);

    public static void Delivered(AlertChannelType type, string outcome) => s_deliveries.WithLabels(EnumText<AlertChannelType>.Of(type), outcome).Inc();
}
