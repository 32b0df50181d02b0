namespace Sandbox.Supervisor.Changes;

/// <summary>Event ids 3200–3299.</summary>
internal static partial class ChangesLog
{
    [LoggerMessage(3200, LogLevel.Warning, "Changes of other nodes could not be read; they are read again within a second")]
    public static partial void RoundFailed(ILogger logger, Exception exception);

    [LoggerMessage(3201, LogLevel.Warning, "The connection that hears of changes ended; it is made again, and everything is read anew")]
    public static partial void ListeningEnded(ILogger logger, Exception exception);
}
