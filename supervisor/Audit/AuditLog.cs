namespace Sandbox.Supervisor.Audit;

/// <summary>Event ids 4100–4199.</summary>
internal static partial class AuditLog
{
    [LoggerMessage(
        4100,
        LogLevel.Error,
        "The audit has no entry of {Action} ({Outcome}) by {ActorKind} {ActorId}, request {RequestId}: it could not be written")]
    public static partial void Lost(
        ILogger logger, Exception exception, string action, string outcome, string actorKind, Guid actorId, string requestId);

    [LoggerMessage(4101, LogLevel.Warning, "Old entries of the audit could not be removed; they are removed within {Minutes} min")]
    public static partial void SweepFailed(ILogger logger, Exception exception, double minutes);
}
