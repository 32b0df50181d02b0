namespace Sandbox.Supervisor.Schedules;

/// <summary>Event ids 3500–3599.</summary>
internal static partial class SchedulesLog
{
    [LoggerMessage(3500, LogLevel.Warning, "Due schedules could not be looked at; it is tried again within seconds")]
    public static partial void TickFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        3501,
        LogLevel.Error,
        "The schedule of script {ScriptId} cannot be read on this machine and stands still until another is written; its zone is {Timezone}")]
    public static partial void Unreadable(ILogger logger, Guid scriptId, string timezone);

    [LoggerMessage(
        3502,
        LogLevel.Warning,
        "The clock was set back by {Seconds} s; {Count} schedules that looked further ahead look from now on again")]
    public static partial void SetBack(ILogger logger, double seconds, int count);

    [LoggerMessage(3503, LogLevel.Warning, "Old occurrences could not be removed; it is tried again within an hour")]
    public static partial void SweepFailed(ILogger logger, Exception exception);
}
