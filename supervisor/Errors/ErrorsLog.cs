namespace Sandbox.Supervisor.Errors;

/// <summary>Event ids 3900–3999.</summary>
internal static partial class ErrorsLog
{
    [LoggerMessage(3900, LogLevel.Warning, "Old groups of failures could not be removed; they are removed within {Minutes} min")]
    public static partial void SweepFailed(ILogger logger, Exception exception, double minutes);
}
