namespace Sandbox.Supervisor.Events;

/// <summary>Event ids 3600–3699.</summary>
internal static partial class EventsLog
{
    [LoggerMessage(3600, LogLevel.Warning, "Events could not be routed; they are routed again within seconds")]
    public static partial void RoutingFailed(ILogger logger, Exception exception);

    [LoggerMessage(3602, LogLevel.Error, "Event {EventId} is put aside without a delivery: the database refuses it")]
    public static partial void SetAside(ILogger logger, Guid eventId);

    [LoggerMessage(3601, LogLevel.Warning, "Old events could not be removed; they are removed within the hour")]
    public static partial void SweepFailed(ILogger logger, Exception exception);
}
