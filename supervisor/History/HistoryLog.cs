using Level = Microsoft.Extensions.Logging.LogLevel;

namespace Sandbox.Supervisor.History;

/// <summary>Event ids 3100–3199.</summary>
internal static partial class HistoryLog
{
    [LoggerMessage(3100, Level.Error, "{Count} finished executions cannot be stored (they are in the journal); trying again in {Seconds} s")]
    public static partial void CannotStore(this ILogger logger, Exception exception, int count, double seconds);

    [LoggerMessage(3101, Level.Information, "The database takes history again")]
    public static partial void StoringAgain(this ILogger logger);

    [LoggerMessage(3102, Level.Error, "Execution {Execution} is stored without its input, output and logs: the database refuses them")]
    public static partial void StoredWithoutPayload(this ILogger logger, Exception exception, Guid execution);

    [LoggerMessage(3103, Level.Critical, "Execution {Execution} cannot be stored at all; its record is kept in {Path}")]
    public static partial void Rejected(this ILogger logger, Exception exception, Guid execution, string path);

    [LoggerMessage(3105, Level.Critical, "Execution {Execution} cannot be stored at all, and {Path} cannot be written: its record stays in the journal, and the next start tries again")]
    public static partial void NotKept(this ILogger logger, Exception exception, Guid execution, string path);

    [LoggerMessage(3106, Level.Information, "The execution of {Path} is stored now; the file is removed")]
    public static partial void RejectedStored(this ILogger logger, string path);

    [LoggerMessage(3107, Level.Warning, "The database still refuses the execution of {Path}; the file is kept")]
    public static partial void StillRejected(this ILogger logger, string path);

    [LoggerMessage(3108, Level.Warning, "{Path} cannot be read; the file is kept")]
    public static partial void RejectedUnreadable(this ILogger logger, string path);

    [LoggerMessage(3104, Level.Error, "The end of execution {Execution} could not be written to the journal")]
    public static partial void NotJournaled(this ILogger logger, Exception exception, Guid execution);

    [LoggerMessage(3110, Level.Information, "Recovered {Ended} finished executions from the journal; {Interrupted} had not ended and are marked INTERRUPTED")]
    public static partial void Recovered(this ILogger logger, int ended, int interrupted);

    [LoggerMessage(3111, Level.Warning, "The last {Bytes} bytes of {Path} are no whole record and are left out")]
    public static partial void Torn(this ILogger logger, long bytes, string path);

    [LoggerMessage(3113, Level.Error, "{Path} cannot be copied beside; it stays as it is, and the next start reads it again")]
    public static partial void NotSetAside(this ILogger logger, Exception exception, string path);

    [LoggerMessage(3114, Level.Information, "{Path} is older than {Days} days and is removed")]
    public static partial void TornRemoved(this ILogger logger, string path, double days);

    [LoggerMessage(3115, Level.Warning, "The journal's files stay for the next start: {Count} executions could be neither stored nor kept in a file")]
    public static partial void JournalKept(this ILogger logger, int count);

    [LoggerMessage(3112, Level.Warning, "{Count} executions are left in the journal for the next start: the database did not take them in time")]
    public static partial void LeftInJournal(this ILogger logger, int count);
}
