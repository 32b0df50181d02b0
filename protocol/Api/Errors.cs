using System.Text.Json.Serialization;
using Sandbox.Protocol.Text;

namespace Sandbox.Protocol.Api;

/// <summary>The failures of a script that have the same code, message without its variables, and function.</summary>
public sealed record ErrorGroup
{
    public required Guid Id { get; init; }
    public required Guid ScriptId { get; init; }

    /// <summary>As it was called when it failed last.</summary>
    public required string ScriptName { get; init; }

    /// <summary>One of <see cref="Codes"/>.</summary>
    public required string Code { get; init; }

    /// <summary>Without its variables: <c>no order &lt;n&gt;</c>.</summary>
    public required string Message { get; init; }

    /// <summary>The message of the last failure, as its record has it; at most 2,000 characters.</summary>
    [JsonConverter(typeof(LosslessStringConverter))]
    public required string Sample { get; init; }

    /// <summary>What the last failure called itself; null where no object was thrown.</summary>
    [JsonConverter(typeof(LosslessStringConverter))]
    public string? ErrorName { get; init; }

    /// <summary>Of the last failure, in the source of <see cref="LastVersion"/>.</summary>
    public int? Line { get; init; }

    /// <summary>The function that failed; null outside of any, or where it is not known.</summary>
    [JsonConverter(typeof(LosslessStringConverter))]
    public string? Function { get; init; }

    public required long Count { get; init; }
    public required DateTimeOffset FirstSeenAt { get; init; }
    public required DateTimeOffset LastSeenAt { get; init; }
    public required int FirstVersion { get; init; }
    public required int LastVersion { get; init; }

    /// <summary>Those that failed so, the greatest 20 in order.</summary>
    public required IReadOnlyList<int> Versions { get; init; }

    public required Guid LastExecutionId { get; init; }
    public required ErrorState State { get; init; }

    /// <summary>The version that it was last resolved in.</summary>
    public int? ResolvedInVersion { get; init; }

    /// <summary>When it was seen in a version after that one, which opened it again; null: it was not.</summary>
    public DateTimeOffset? RegressedAt { get; init; }

    /// <summary>Of an ignored one: a failure from then on opens it again; null: none does.</summary>
    public DateTimeOffset? IgnoredUntil { get; init; }

    /// <summary>Who resolved, ignored or reopened it last.</summary>
    [JsonConverter(typeof(LosslessStringConverter))]
    public string? UpdatedBy { get; init; }

    /// <summary>The last 24 hours that have begun, the oldest first; null in a list.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ErrorHour>? Trend { get; init; }
}

/// <summary>Failures of one hour.</summary>
/// <param name="Hour">Its begin, UTC.</param>
public sealed record ErrorHour(DateTimeOffset Hour, long Count);

/// <summary>What is thought of a group of failures; <c>docs/states.md</c> draws the steps.</summary>
public enum ErrorState
{
    [JsonStringEnumMemberName("open")] Open,
    [JsonStringEnumMemberName("resolved")] Resolved,
    [JsonStringEnumMemberName("ignored")] Ignored,
}

/// <summary>Which groups; null: any.</summary>
public sealed record ErrorFilter
{
    /// <summary>Script id or name.</summary>
    public string? Script { get; init; }

    public string? Code { get; init; }
    public ErrorState? State { get; init; }

    /// <summary>One of the versions that failed so.</summary>
    public int? Version { get; init; }

    /// <summary>Last seen at or after this time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Last seen before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Text in the message, with or without its variables.</summary>
    public string? Text { get; init; }
}

/// <summary>
/// The failures of the principal's tenant in groups. Reading asks for <c>executions.read</c>, all else for <c>scripts.update</c>: who mends
/// scripts says what is mended. 404 where there is no such group.
/// </summary>
public interface IErrors
{
    /// <summary>The last seen first.</summary>
    Task<Result<Page<ErrorGroup>>> ListAsync(
        Principal principal, ErrorFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary>With its trend.</summary>
    Task<Result<ErrorGroup>> GetAsync(Principal principal, Guid id, CancellationToken cancellationToken);

    /// <summary>It stays resolved until a version after <paramref name="version"/> fails so.</summary>
    /// <param name="version">Null: the live one.</param>
    Task<Result<ErrorGroup>> ResolveAsync(Principal principal, Guid id, int? version, CancellationToken cancellationToken);

    /// <summary>It stays ignored until it is seen at or after <paramref name="until"/>.</summary>
    /// <param name="until">Null: for ever.</param>
    Task<Result<ErrorGroup>> IgnoreAsync(Principal principal, Guid id, DateTimeOffset? until, CancellationToken cancellationToken);

    Task<Result<ErrorGroup>> ReopenAsync(Principal principal, Guid id, CancellationToken cancellationToken);
}
