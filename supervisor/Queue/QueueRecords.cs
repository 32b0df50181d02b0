using Sandbox.Protocol.Api;
using Sandbox.Supervisor.History;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Queue;

/// <summary>Rows of the queue as executions, and what follows an end.</summary>
internal sealed class QueueRecords(TimeProvider time)
{
    /// <summary>As it stands while it waits, or runs elsewhere.</summary>
    public static Execution Snapshot(QueueItem item, DateTimeOffset? startedAt) => new()
    {
        Id = item.ExecutionId,
        TenantId = item.TenantId,
        ScriptId = item.ScriptId,
        ScriptName = item.ScriptName,
        Version = item.Version,
        Kind = item.Kind,
        Status = startedAt is null ? ExecutionStatus.Pending : ExecutionStatus.Running,
        Input = item.Input,
        Trigger = item.Trigger,
        Attempt = item.Attempt,
        IdempotencyKey = item.IdempotencyKey,
        Cause = item.Cause,
        CreatedAt = item.CreatedAt,
        StartedAt = startedAt,
    };

    /// <summary>The record of an attempt that no tail of ours ended.</summary>
    /// <param name="startedAt">Null: it never ran.</param>
    public static ExecutionRecord Final(QueueItem item, Script? script, ExecutionStatus status, string? code, string? message, DateTimeOffset? startedAt, DateTimeOffset now) => new(
        Snapshot(item, startedAt) with
        {
            Version = item.Pinned ? item.Version : script?.Version ?? item.Version,
            Status = status,
            Code = code,
            Error = message is null ? null : new ExecutionError(message),
            FinishedAt = now,
            QueueMs = Math.Max(0, ((startedAt ?? now) - (item.DueAt ?? item.CreatedAt)).TotalMilliseconds),
            DurationMs = startedAt is { } from ? Math.Max(0, (now - from).TotalMilliseconds) : null,
        },
        script?.VersionId ?? Guid.Empty,
        script?.Record ?? RecordPolicy.All,
        []);

    /// <summary>What follows: nothing, the next attempt, or a dead letter.</summary>
    /// <param name="token">Null: it waited.</param>
    public QueueEnd End(QueueItem item, long? token, Script? script, ExecutionRecord record)
    {
        if (record.Execution is not { Status: ExecutionStatus.Failed or ExecutionStatus.Timeout, Code: { } code }) return new QueueEnd(item, token, record, null, null);
        var now = time.GetUtcNow();
        if (script is null || RetryRules.Pause(RetryRules.Of(script), item.Kind, code, record.Retryable, item.Attempt, Random.Shared.NextDouble()) is not { } pause)
            return new QueueEnd(item, token, record, null, Guid.CreateVersion7(now));
        var next = item with
        {
            ExecutionId = Guid.CreateVersion7(now + pause),
            Attempt = item.Attempt + 1,
            CreatedAt = now,
            DueAt = pause == TimeSpan.Zero ? null : now + pause,
        };
        return new QueueEnd(item, token, record, next, null);
    }
}
