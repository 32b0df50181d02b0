using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.History;

/// <summary>An execution as its columns have it.</summary>
internal sealed class ExecutionRow
{
    public required Guid Id { get; init; }
    public required Guid TenantId { get; init; }
    public required Guid ScriptId { get; init; }
    public required string ScriptName { get; init; }
    public required int Version { get; init; }
    public required string Kind { get; init; }
    public required string Status { get; init; }
    public string? Code { get; init; }
    public string? ErrorMessage { get; init; }
    public int? ErrorLine { get; init; }
    public int? ErrorColumn { get; init; }
    public string? ErrorStack { get; init; }
    public string? ErrorName { get; init; }
    public required string TriggerType { get; init; }
    public required int Attempt { get; init; }
    public required string CauseKind { get; init; }
    public string? CauseId { get; init; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? StartedAt { get; init; }
    public DateTime? FinishedAt { get; init; }
    public double QueueMs { get; init; }
    public double? QueueScriptMs { get; init; }
    public double? QueueTenantMs { get; init; }
    public double? QueueWorkerMs { get; init; }
    public double? DurationMs { get; init; }
    public double? CpuMs { get; init; }
    public long? MemoryPeakBytes { get; init; }
    public int Calls { get; init; }
    public string? Labels { get; init; }
    public string? Warnings { get; init; }
    public string? Progress { get; init; }
    public string? Note { get; init; }
    public string? IdempotencyKey { get; init; }
    public string? Trigger { get; init; }
    public string? Input { get; init; }
    public string? Output { get; init; }

    public Execution ToExecution() => new()
    {
        Id = Id,
        TenantId = TenantId,
        ScriptId = ScriptId,
        ScriptName = ScriptName,
        Version = Version,
        Kind = EnumText<ScriptKind>.Parse(Kind),
        Status = EnumText<ExecutionStatus>.Parse(Status),
        Code = Code,
        Error = ErrorMessage is null ? null : new ExecutionError(StoredText.Decode(ErrorMessage)!, ErrorLine, ErrorColumn, StoredText.Decode(ErrorStack), StoredText.Decode(ErrorName)),
        Trigger = new RawJson(Trigger ?? HistoryRows.BareTrigger(TriggerType)),
        Input = Input is null ? null : new RawJson(Input),
        Output = Output is null ? null : new RawJson(Output),
        Attempt = Attempt,
        IdempotencyKey = StoredText.Decode(IdempotencyKey),
        Cause = new Cause(StoredText.Decode(CauseKind)!, StoredText.Decode(CauseId)),
        CreatedAt = new DateTimeOffset(CreatedAt),
        StartedAt = StartedAt is { } started ? new DateTimeOffset(started) : null,
        FinishedAt = FinishedAt is { } finished ? new DateTimeOffset(finished) : null,
        QueueMs = QueueMs,
        QueueReasons = new QueueReasons(QueueScriptMs ?? 0, QueueTenantMs ?? 0, QueueWorkerMs ?? 0),
        DurationMs = DurationMs,
        CpuMs = CpuMs,
        MemoryPeakBytes = MemoryPeakBytes,
        Calls = Calls,
        Labels = HistoryRows.Labels(Labels),
        Warnings = Note is null ? HistoryRows.Warnings(Warnings) : [.. HistoryRows.Warnings(Warnings), StoredText.Decode(Note)!],
        Progress = HistoryRows.Progress(Progress),
    };
}
