using System.Text.Json.Serialization;

namespace Sandbox.Protocol.Api;

/// <summary>
/// What an author wants the next version of a script to be. It is no version and never runs by itself; there is one per author and script.
/// Fields that were left out are shown as the base has them.
/// </summary>
public sealed record Draft
{
    public required Guid ScriptId { get; init; }

    /// <summary>Number of the version that it was written on.</summary>
    public required int BaseVersion { get; init; }

    /// <summary>Number of the version that is live.</summary>
    public required int LiveVersion { get; init; }

    /// <summary>Another version went live since <see cref="BaseVersion"/>.</summary>
    public bool IsStale => LiveVersion != BaseVersion;

    public required DraftAuthor Author { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required string Source { get; init; }
    public RawJson? Trigger { get; init; }
    public RawJson? Uses { get; init; }
    public required ScriptLimits Limits { get; init; }
    public RawJson? Retry { get; init; }
    public RawJson? InputSchema { get; init; }
    public required RecordPolicy Record { get; init; }
    public string? Description { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>In the answer to a read, and of a stale one; else null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DraftDiff? Diff { get; init; }

    /// <summary>Who else has a draft of the script. In the answer to a read, else null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<OtherDraft>? Others { get; init; }
}

/// <summary>Whose a draft is.</summary>
/// <param name="Id">Of the token or the member.</param>
/// <param name="Name">As it was called when the draft was last written.</param>
public sealed record DraftAuthor(PrincipalKind Kind, Guid Id, string Name);

/// <summary>Another's draft of the same script.</summary>
public sealed record OtherDraft(DraftAuthor Author, DateTimeOffset UpdatedAt, int BaseVersion);

/// <summary>What happened to a script since a draft of it was begun, and what the draft would do to it.</summary>
/// <param name="Live">From the base to the live version.</param>
/// <param name="Mine">From the base to the draft; its <c>to</c> is the number that it would get.</param>
public sealed record DraftDiff(VersionDiff Live, VersionDiff Mine);

/// <summary>The whole of a draft: a field that is left out is as in the base, one that is null goes back to its default.</summary>
public sealed record DraftWrite : IPartialWrite
{
    /// <inheritdoc />
    [JsonIgnore]
    public IReadOnlySet<string> Nulls { get; set; } = new HashSet<string>();

    /// <summary>The version that it is written on. It must be given.</summary>
    public int? BaseVersion { get; init; }

    public string? Source { get; init; }
    public RawJson? Trigger { get; init; }
    public RawJson? Uses { get; init; }
    public ScriptLimitsWrite? Limits { get; init; }
    public RawJson? Retry { get; init; }
    public RawJson? InputSchema { get; init; }
    public RecordPolicy? Record { get; init; }
    public string? Description { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
}

/// <summary>What <c>POST …/publish</c> asks.</summary>
public sealed record PublishWrite
{
    /// <summary>Kept with the version: why it was made.</summary>
    public string? Message { get; init; }

    /// <summary>The version that the caller knows to be live; null: the one that the draft was written on.</summary>
    public int? BaseVersion { get; init; }

    /// <summary>Id of the draft's author; null: the caller.</summary>
    public Guid? Author { get; init; }
}

/// <summary>Drafts of the scripts of the principal's tenant. 404 where there is no such script or no such draft.</summary>
public interface IDrafts
{
    /// <param name="principal">Who asks.</param>
    /// <param name="idOrName">Of the script.</param>
    /// <param name="author">Id of its author; null: the principal.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<Result<Draft>> GetAsync(Principal principal, string idOrName, Guid? author, CancellationToken cancellationToken);

    /// <summary>Who but the principal has a draft of the script, the last written first. Asks for <c>scripts.update</c>.</summary>
    Task<Result<Page<OtherDraft>>> OthersAsync(Principal principal, string idOrName, CancellationToken cancellationToken);

    /// <summary>Puts the principal's own draft in the place of the one before. Its source need not compile, its trigger need not be complete.</summary>
    Task<Result<Draft>> PutAsync(Principal principal, string idOrName, DraftWrite draft, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>The principal's own.</summary>
    Task<Result<bool>> DeleteAsync(Principal principal, string idOrName, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the next version out of a draft, which ends with it. 409 with both diffs where another version went live since; 403 where the
    /// tenant wants a second person and the draft is the principal's own.
    /// </summary>
    /// <param name="principal">Who publishes.</param>
    /// <param name="idOrName">Of the script.</param>
    /// <param name="publish">What is published, and why.</param>
    /// <param name="ifMatch">The ETag of the draft that was looked at.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<Result<Script>> PublishAsync(Principal principal, string idOrName, PublishWrite publish, string? ifMatch, CancellationToken cancellationToken);
}
