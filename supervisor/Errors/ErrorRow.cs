using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Errors;

/// <summary>A group as its columns have it.</summary>
internal sealed class ErrorRow
{
    public required Guid Id { get; init; }
    public required Guid ScriptId { get; init; }
    public required string ScriptName { get; init; }
    public required string Code { get; init; }
    public required string Message { get; init; }
    public required string Sample { get; init; }
    public string? Name { get; init; }
    public int? Line { get; init; }
    public string? Function { get; init; }
    public required long Failures { get; init; }
    public required DateTime FirstAt { get; init; }
    public required DateTime LastAt { get; init; }
    public required int FirstVersion { get; init; }
    public required int LastVersion { get; init; }
    public required int[] Versions { get; init; }
    public required Guid LastExecutionId { get; init; }
    public required string State { get; init; }
    public int? ResolvedVersion { get; init; }
    public DateTime? RegressedAt { get; init; }
    public DateTime? IgnoredUntil { get; init; }
    public string? UpdatedBy { get; init; }

    public ErrorGroup ToGroup() => new()
    {
        Id = Id,
        ScriptId = ScriptId,
        ScriptName = ScriptName,
        Code = Code,
        Message = StoredText.Decode(Message)!,
        Sample = StoredText.Decode(Sample)!,
        ErrorName = StoredText.Decode(Name),
        Line = Line,
        Function = StoredText.Decode(Function),
        Count = Failures,
        FirstSeenAt = new DateTimeOffset(FirstAt),
        LastSeenAt = new DateTimeOffset(LastAt),
        FirstVersion = FirstVersion,
        LastVersion = LastVersion,
        Versions = Versions,
        LastExecutionId = LastExecutionId,
        State = EnumText<ErrorState>.Parse(State),
        ResolvedInVersion = ResolvedVersion,
        RegressedAt = RegressedAt is { } regressed ? new DateTimeOffset(regressed) : null,
        IgnoredUntil = IgnoredUntil is { } until ? new DateTimeOffset(until) : null,
        UpdatedBy = StoredText.Decode(UpdatedBy),
    };
}
