namespace Sandbox.Supervisor.Alerts;

/// <summary>Event ids 3700–3799.</summary>
internal static partial class AlertsLog
{
    [LoggerMessage(3700, LogLevel.Warning, "A round of the alerts failed; the next one follows in seconds")]
    public static partial void RoundFailed(ILogger logger, Exception exception);

    [LoggerMessage(3701, LogLevel.Warning, "Messages about alerts could not be taken up; they are looked for again in seconds")]
    public static partial void SendingFailed(ILogger logger, Exception exception);

    [LoggerMessage(3702, LogLevel.Warning, "Tenant {TenantId}: the channel {Channel} did not take a message about alerts in {Attempts} attempts: {Error}")]
    public static partial void GaveUp(ILogger logger, Guid tenantId, string channel, int attempts, string error);
}
