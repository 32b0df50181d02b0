namespace Sandbox.Supervisor.Figures;

/// <summary>Event ids 4200–4299.</summary>
internal static partial class FiguresLog
{
    [LoggerMessage(4200, LogLevel.Warning, "Executions could not be counted by the hour; it is tried again within {Seconds} s")]
    public static partial void FoldFailed(ILogger logger, Exception exception, double seconds);
}
