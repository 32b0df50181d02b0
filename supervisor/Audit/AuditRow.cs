using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Audit;

/// <summary>A row of <c>sandbox.audit</c>.</summary>
internal sealed class AuditRow
{
    public required Guid Id { get; init; }
    public Guid? TenantId { get; init; }
    public required DateTime At { get; init; }
    public required string ActorKind { get; init; }
    public required Guid ActorId { get; init; }
    public required string ActorName { get; init; }
    public required string Action { get; init; }
    public string? TargetKind { get; init; }
    public Guid? TargetId { get; init; }
    public string? TargetName { get; init; }
    public required string Outcome { get; init; }
    public string? Code { get; init; }
    public string? Before { get; init; }
    public string? After { get; init; }
    public required string Method { get; init; }
    public required string Route { get; init; }
    public required string RequestId { get; init; }
    public string? RemoteAddress { get; init; }
    public string? UserAgent { get; init; }
    public Guid? ExecutionId { get; init; }
    public required int Repeated { get; init; }

    public AuditEntry ToEntry() => new()
    {
        Id = Id,
        TenantId = TenantId,
        At = new DateTimeOffset(At),
        Actor = new AuditActor(EnumText<PrincipalKind>.Parse(ActorKind), ActorId, StoredText.Decode(ActorName)!),
        Action = Action,
        Target = TargetKind is null ? null : new AuditTarget(TargetKind, TargetId, StoredText.Decode(TargetName)),
        Outcome = EnumText<AuditOutcome>.Parse(Outcome),
        Code = Code,
        Before = Before is null ? null : new RawJson(Before),
        After = After is null ? null : new RawJson(After),
        Request = new AuditRequest(Method, Route, RequestId, RemoteAddress, StoredText.Decode(UserAgent)),
        ExecutionId = ExecutionId,
        Repeated = Repeated,
    };
}
