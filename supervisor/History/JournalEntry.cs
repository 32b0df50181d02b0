using MessagePack;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.History;

/// <summary>
/// A record as the journal has it. A key never changes its meaning; a new member takes a new key, and a change that an older
/// build would misread takes a new <see cref="JournalHeader.FormatVersion"/>. Times are UTC ticks.
/// </summary>
[MessagePackObject]
internal sealed class JournalEntry
{
    [Key(0)] public bool Ended { get; set; }
    [Key(1)] public Guid Id { get; set; }
    [Key(2)] public Guid TenantId { get; set; }
    [Key(3)] public Guid ScriptId { get; set; }
    [Key(4)] public string ScriptName { get; set; } = "";
    [Key(5)] public Guid VersionId { get; set; }
    [Key(6)] public int Version { get; set; }
    [Key(7)] public byte Kind { get; set; }
    [Key(8)] public byte Status { get; set; }
    [Key(9)] public byte Policy { get; set; }
    [Key(10)] public string? Code { get; set; }
    [Key(11)] public JournalError? Error { get; set; }
    [Key(12)] public string? Input { get; set; }
    [Key(13)] public string? Output { get; set; }
    [Key(14)] public string Trigger { get; set; } = "";
    [Key(15)] public int Attempt { get; set; }
    [Key(16)] public string CauseKind { get; set; } = "";
    [Key(17)] public string? CauseId { get; set; }
    [Key(18)] public long CreatedAt { get; set; }
    [Key(19)] public long? StartedAt { get; set; }
    [Key(20)] public long? FinishedAt { get; set; }
    [Key(21)] public double QueueMs { get; set; }
    [Key(22)] public double QueueScriptMs { get; set; }
    [Key(23)] public double QueueTenantMs { get; set; }
    [Key(24)] public double QueueWorkerMs { get; set; }
    [Key(25)] public double? DurationMs { get; set; }
    [Key(26)] public double? CpuMs { get; set; }
    [Key(27)] public long? MemoryPeakBytes { get; set; }
    [Key(28)] public int Calls { get; set; }
    [Key(29)] public string[]? Labels { get; set; }
    [Key(30)] public string[]? Warnings { get; set; }
    [Key(31)] public JournalProgress? Progress { get; set; }
    [Key(32)] public JournalLine[]? Logs { get; set; }
    [Key(33)] public JournalCall[]? CallLog { get; set; }

    public static JournalEntry Of(ExecutionRecord record, bool ended)
    {
        var e = record.Execution;
        return new JournalEntry
        {
            Ended = ended,
            Id = e.Id,
            TenantId = e.TenantId,
            ScriptId = e.ScriptId,
            ScriptName = e.ScriptName,
            VersionId = record.VersionId,
            Version = e.Version,
            Kind = JournalBytes.Of(e.Kind),
            Status = JournalBytes.Of(e.Status),
            Policy = JournalBytes.Of(record.Policy),
            Code = e.Code,
            Error = e.Error is { } error ? new JournalError { Message = error.Message, Line = error.Line, Column = error.Column, Stack = error.Stack, Name = error.Name } : null,
            Input = e.Input?.ToString(),
            Output = e.Output?.ToString(),
            Trigger = e.Trigger.ToString(),
            Attempt = e.Attempt,
            CauseKind = e.Cause.Kind,
            CauseId = e.Cause.Id,
            CreatedAt = e.CreatedAt.UtcTicks,
            StartedAt = e.StartedAt?.UtcTicks,
            FinishedAt = e.FinishedAt?.UtcTicks,
            QueueMs = e.QueueMs,
            QueueScriptMs = e.QueueReasons.ScriptConcurrency,
            QueueTenantMs = e.QueueReasons.TenantConcurrency,
            QueueWorkerMs = e.QueueReasons.Worker,
            DurationMs = e.DurationMs,
            CpuMs = e.CpuMs,
            MemoryPeakBytes = e.MemoryPeakBytes,
            Calls = e.Calls,
            Labels = e.Labels.Count == 0 ? null : [.. e.Labels.SelectMany(label => new[] { label.Key, label.Value })],
            Warnings = e.Warnings.Count == 0 ? null : [.. e.Warnings],
            Progress = e.Progress is { } progress ? new JournalProgress { Done = progress.Done, Total = progress.Total, Message = progress.Message } : null,
            Logs = record.Logs.Count == 0 ? null : [.. record.Logs.Select(JournalLine.Of)],
            CallLog = record.Calls.Count == 0 ? null : [.. record.Calls.Select(JournalCall.Of)],
        };
    }

    /// <exception cref="InvalidDataException">A byte stands for nothing.</exception>
    public ExecutionRecord ToRecord() => new(
        new Execution
        {
            Id = Id,
            TenantId = TenantId,
            ScriptId = ScriptId,
            ScriptName = ScriptName,
            Version = Version,
            Kind = JournalBytes.Kind(Kind),
            Status = JournalBytes.Status(Status),
            Code = Code,
            Error = Error is { } error ? new ExecutionError(error.Message, error.Line, error.Column, error.Stack, error.Name) : null,
            Input = Input is null ? null : new RawJson(Input),
            Output = Output is null ? null : new RawJson(Output),
            Trigger = new RawJson(Trigger),
            Attempt = Attempt,
            Cause = new Cause(CauseKind, CauseId),
            CreatedAt = new DateTimeOffset(CreatedAt, TimeSpan.Zero),
            StartedAt = StartedAt is { } started ? new DateTimeOffset(started, TimeSpan.Zero) : null,
            FinishedAt = FinishedAt is { } finished ? new DateTimeOffset(finished, TimeSpan.Zero) : null,
            QueueMs = QueueMs,
            QueueReasons = new QueueReasons(QueueScriptMs, QueueTenantMs, QueueWorkerMs),
            DurationMs = DurationMs,
            CpuMs = CpuMs,
            MemoryPeakBytes = MemoryPeakBytes,
            Calls = Calls,
            Labels = (Labels ?? []).Chunk(2).ToDictionary(label => label[0], label => label[1], StringComparer.Ordinal),
            Warnings = Warnings ?? [],
            Progress = Progress is { } progress ? new ExecutionProgress(progress.Done, progress.Total, progress.Message) : null,
        },
        VersionId,
        JournalBytes.Policy(Policy),
        Logs is null ? [] : Array.ConvertAll(Logs, line => line.ToLine()))
    {
        Calls = CallLog is null ? [] : Array.ConvertAll(CallLog, call => call.ToRecord()),
    };
}
