using System.Text.Json.Serialization;
using Sandbox.Protocol.Text;

namespace Sandbox.Protocol.Api;

/// <summary>A durable execution that used up its attempts, with what it takes to understand it and to run it again.</summary>
public sealed record DeadLetter
{
    public required Guid Id { get; init; }
    public required Guid ScriptId { get; init; }
    public required string ScriptName { get; init; }
    public required ScriptKind Kind { get; init; }

    /// <summary>The version of the last attempt.</summary>
    public required int Version { get; init; }

    public required DeadLetterState State { get; init; }

    /// <summary>When it was replayed or discarded.</summary>
    public DateTimeOffset? StateAt { get; init; }

    public required RawJson Trigger { get; init; }
    public required RawJson Input { get; init; }
    public required Cause Cause { get; init; }

    /// <summary>How many there were.</summary>
    public required int Attempts { get; init; }

    public required string IdempotencyKey { get; init; }

    /// <summary>The last attempt.</summary>
    public required Guid ExecutionId { get; init; }

    /// <summary>How the last attempt ended.</summary>
    public required ExecutionStatus Status { get; init; }

    public string? Code { get; init; }

    [JsonConverter(typeof(LosslessStringConverter))]
    public string? Message { get; init; }

    /// <summary>When the last attempt was accepted.</summary>
    public required DateTimeOffset FirstAt { get; init; }

    public required DateTimeOffset DiedAt { get; init; }

    /// <summary>The execution that replays it.</summary>
    public Guid? ReplayedAs { get; init; }
}

/// <summary>What became of a dead letter.</summary>
public enum DeadLetterState
{
    [JsonStringEnumMemberName("open")] Open,
    [JsonStringEnumMemberName("replayed")] Replayed,
    [JsonStringEnumMemberName("discarded")] Discarded,
}

/// <summary>Which dead letters; null: any.</summary>
/// <param name="Script">Id or name.</param>
public sealed record DeadLetterFilter(string? Script, ScriptKind? Kind, DeadLetterState? State, string? Code, DateTimeOffset? From, DateTimeOffset? To);

/// <summary>The dead letters of the principal's tenant. Reading asks for <c>executions.read</c>, all else for <c>deadletters.manage</c>.</summary>
public interface IDeadLetters
{
    /// <summary>Newest first.</summary>
    Task<Result<Page<DeadLetter>>> ListAsync(Principal principal, DeadLetterFilter filter, PageRequest page, CancellationToken cancellationToken);

    Task<Result<DeadLetter>> GetAsync(Principal principal, Guid id, CancellationToken cancellationToken);

    /// <summary>Runs one again, with all its attempts; the execution that was accepted. 409 where it is not open.</summary>
    /// <param name="sameKey">It keeps its idempotency key; else it has one of its own.</param>
    Task<Result<Execution>> ReplayAsync(Principal principal, Guid id, bool sameKey, CancellationToken cancellationToken);

    /// <summary>Runs those again that are open, the oldest first, at most 10,000.</summary>
    /// <param name="perMinute">At most so many begin in a minute; null: at once.</param>
    Task<Result<BulkResult>> ReplayManyAsync(Principal principal, DeadLetterFilter filter, int? perMinute, CancellationToken cancellationToken);

    /// <summary>It stays in the list as discarded. 409 where it is not open.</summary>
    Task<Result<DeadLetter>> DiscardAsync(Principal principal, Guid id, CancellationToken cancellationToken);
}
