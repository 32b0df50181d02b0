namespace Sandbox.Supervisor.Queue;

/// <summary>Event ids 3400–3499.</summary>
internal static partial class QueueLog
{
    [LoggerMessage(3400, LogLevel.Warning, "{Count} ends of durable executions could not be stored; they are stored again in {Seconds} s")]
    public static partial void CannotSettle(ILogger logger, Exception exception, int count, double seconds);

    [LoggerMessage(3401, LogLevel.Warning, "Input, output, logs and calls of execution {ExecutionId} are left out: the database refused them")]
    public static partial void StoredWithoutPayload(ILogger logger, Exception exception, Guid executionId);

    [LoggerMessage(3402, LogLevel.Warning, "The database did not take {Count} ends of durable executions before the stop; another supervisor, or the next start, records them as interrupted")]
    public static partial void LeftToOthers(ILogger logger, Exception exception, int count);

    [LoggerMessage(3403, LogLevel.Warning, "The queue could not be read; it is read again within seconds")]
    public static partial void RoundFailed(ILogger logger, Exception exception);

    [LoggerMessage(3404, LogLevel.Error, "A durable execution failed outside of its script; it is handed back ({ExecutionId})")]
    public static partial void AttemptFailed(ILogger logger, Exception exception, Guid executionId);

    [LoggerMessage(3405, LogLevel.Warning, "This node could not renew its lease")]
    public static partial void NotRenewed(ILogger logger, Exception exception);

    [LoggerMessage(3406, LogLevel.Error, "This node has lost its lease: {Count} durable executions are ended here, others may run them")]
    public static partial void LeaseLost(ILogger logger, int count);

    [LoggerMessage(3407, LogLevel.Warning, "{Count} durable executions of nodes that ended are recorded as interrupted; those with attempts left are run again")]
    public static partial void TakenOver(ILogger logger, int count);

    [LoggerMessage(3408, LogLevel.Warning, "The connection that hears of new work ended; it is made again")]
    public static partial void ListeningEnded(ILogger logger, Exception exception);

    [LoggerMessage(
        3409,
        LogLevel.Warning,
        "Script {Script} of tenant {TenantId} is paused: {Limit} or more executions in a row failed (Sandbox:Queue:FailuresInARow)")]
    public static partial void Paused(ILogger logger, string script, Guid tenantId, int limit);
}
