using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Queue;

namespace Sandbox.Supervisor.DeadLetters;

/// <summary>A dead letter as its columns have it.</summary>
internal sealed class DeadLetterRow
{
    public required Guid Id { get; init; }
    public required Guid ScriptId { get; init; }
    public required string ScriptName { get; init; }
    public required string Kind { get; init; }
    public required int Version { get; init; }
    public required string TriggerType { get; init; }
    public required string Trigger { get; init; }
    public byte[]? SealedTrigger { get; init; }
    public string? Input { get; init; }
    public required string CauseKind { get; init; }
    public string? CauseId { get; init; }
    public Guid? UserId { get; init; }
    public Guid? OrganizationId { get; init; }
    public required int Attempts { get; init; }
    public required string IdempotencyKey { get; init; }
    public string? Origin { get; init; }
    public Guid? OriginId { get; init; }
    public required int Depth { get; init; }
    public string? TraceParent { get; init; }
    public string? OrderKey { get; init; }
    public required Guid ExecutionId { get; init; }
    public required string Status { get; init; }
    public string? Code { get; init; }
    public string? ErrorMessage { get; init; }
    public required DateTime FirstAt { get; init; }
    public required DateTime DiedAt { get; init; }
    public required string State { get; init; }
    public DateTime? StateAt { get; init; }
    public Guid? ReplayedAs { get; init; }

    public DeadLetter ToDeadLetter() => new()
    {
        Id = Id,
        ScriptId = ScriptId,
        ScriptName = ScriptName,
        Kind = EnumText<ScriptKind>.Parse(Kind),
        Version = Version,
        State = EnumText<DeadLetterState>.Parse(State),
        StateAt = StateAt is { } at ? new DateTimeOffset(at) : null,
        Trigger = new RawJson(Trigger),
        Input = new RawJson(Input ?? "null"),
        Cause = Cause,
        Attempts = Attempts,
        IdempotencyKey = StoredText.Decode(IdempotencyKey)!,
        ExecutionId = ExecutionId,
        Status = EnumText<ExecutionStatus>.Parse(Status),
        Code = Code,
        Message = StoredText.Decode(ErrorMessage),
        FirstAt = new DateTimeOffset(FirstAt),
        DiedAt = new DateTimeOffset(DiedAt),
        ReplayedAs = ReplayedAs,
    };

    /// <summary>What runs again in its place: attempt 1, of the live version.</summary>
    public QueueItem ToItem(Guid tenantId, bool sameKey, DateTimeOffset now, TimeSpan pause)
    {
        var id = Guid.CreateVersion7(now + pause);
        return new QueueItem
        {
            TenantId = tenantId,
            ExecutionId = id,
            ScriptId = ScriptId,
            ScriptName = ScriptName,
            Kind = EnumText<ScriptKind>.Parse(Kind),
            Version = Version,
            TriggerType = EnumText<TriggerType>.Parse(TriggerType),
            Trigger = new RawJson(Trigger),
            SealedTrigger = SealedTrigger,
            Input = new RawJson(Input ?? "null"),
            Cause = Cause,
            UserId = UserId,
            OrganizationId = OrganizationId,
            IdempotencyKey = sameKey ? StoredText.Decode(IdempotencyKey)! : id.ToString(),
            Origin = Origin is { } origin ? (origin, OriginId!.Value) : null,
            ReplayOf = ExecutionId,
            Depth = Depth,
            TraceParent = TraceParent,
            OrderKey = StoredText.Decode(OrderKey),
            CreatedAt = now,
            DueAt = pause == TimeSpan.Zero ? null : now + pause,
        };
    }

    private Cause Cause => new(StoredText.Decode(CauseKind)!, StoredText.Decode(CauseId));
}
