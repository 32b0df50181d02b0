using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Sandbox.Protocol.Api;

/// <summary>A script with its live version.</summary>
public sealed record Script
{
    public required Guid Id { get; init; }
    public required Guid TenantId { get; init; }

    /// <summary>Unique in the tenant; <c>[a-z][a-z0-9-]{1,98}[a-z0-9]</c>.</summary>
    public required string Name { get; init; }

    public string? Title { get; init; }
    public string? Description { get; init; }
    public required ScriptKind Kind { get; init; }
    public required string Source { get; init; }
    public bool Enabled { get; init; } = true;

    /// <summary>Why it is disabled, as the one who did it wrote.</summary>
    public string? DisabledReason { get; init; }

    public bool Paused { get; init; }

    /// <summary>Why it paused itself: too many executions in a row failed. Null: it did not.</summary>
    public string? PausedReason { get; init; }

    /// <summary>
    /// Work that waits for it. In the answer to a read of one script, a pause and a resume, where work waits or the script is paused; else
    /// null.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HeldWork? Held { get; init; }

    public int ApiVersion { get; init; } = 1;
    public IReadOnlyList<string> Tags { get; init; } = [];
    public RawJson? InputSchema { get; init; }

    /// <summary>Declared rights; null: inferred from the source.</summary>
    public RawJson? Uses { get; init; }

    public RecordPolicy Record { get; init; } = RecordPolicy.All;

    /// <summary>By kind, as in the REST contract; null for one-off and embedded.</summary>
    public RawJson? Trigger { get; init; }

    public RawJson? Retry { get; init; }
    public ScriptLimits Limits { get; init; } = new();

    /// <summary>Number of the live version, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>Id of the live version; what runs is bound to it.</summary>
    public required Guid VersionId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>What a write accepted and will not do what one might expect. In the answer to a write, and wherever the stored script is one that this version cannot read: not stored, else null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Warnings { get; init; }
}

/// <summary>Work of a script that is due and has not begun.</summary>
/// <param name="Count">At most <see cref="CountMax"/>: more is not counted.</param>
/// <param name="OldestAt">When the oldest of it was due; null: there is none.</param>
public sealed record HeldWork(int Count, DateTimeOffset? OldestAt)
{
    public const int CountMax = 10_000;
}

/// <summary>Limits of a script. MB is 2^20 bytes.</summary>
public sealed record ScriptLimits
{
    /// <summary>Wall clock, milliseconds: 1,000 to 300,000 (one-off: to 3,600,000).</summary>
    public int TimeoutMs { get; init; } = 30_000;

    /// <summary>Heap of its isolate, and as much again for array buffers: 32 to 512 MB.</summary>
    public long MemoryBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>UTF-8 bytes of the output (and of the input): 1 KB to 10 MB.</summary>
    public int OutputBytes { get; init; } = 1024 * 1024;

    /// <summary>Executions at once, 1 to 100.</summary>
    public int Concurrency { get; init; } = 5;

    /// <summary>Broker calls of one execution, to 100,000.</summary>
    public int Calls { get; init; } = 1_000;
}

/// <summary>An immutable snapshot.</summary>
public sealed record ScriptVersion
{
    public required Guid Id { get; init; }
    public required Guid ScriptId { get; init; }
    public required int Version { get; init; }
    public required string Source { get; init; }
    public RawJson? Uses { get; init; }
    public RawJson? InputSchema { get; init; }
    public int ApiVersion { get; init; } = 1;
    public required string CreatedBy { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Why it was made, as the one who published its draft wrote.</summary>
    public string? Message { get; init; }
}

/// <summary>Fields of a new script, or of a change to one: absent leaves a field as it is (for a new one: its default).</summary>
public sealed record ScriptWrite : IPartialWrite
{
    /// <inheritdoc />
    [JsonIgnore]
    public IReadOnlySet<string> Nulls { get; set; } = new HashSet<string>();

    public string? Name { get; init; }
    public string? Title { get; init; }
    public string? Description { get; init; }
    public ScriptKind? Kind { get; init; }
    public string? Source { get; init; }
    public bool? Enabled { get; init; }
    public int? ApiVersion { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
    public RawJson? InputSchema { get; init; }
    public RawJson? Uses { get; init; }
    public RecordPolicy? Record { get; init; }

    [Description(
        "By kind. http: {path, methods, mode, auth, webhook, cors, body_limit_bytes, requests_per_minute}; auth is token, public or webhook. "
        + "webhook: {provider, secret, tolerance}; provider is stripe, github, slack, standard or meta, secret the name of a secret of the tenant, "
        + "tolerance the seconds that a signed timestamp may be off, 1 to 3600. scheduled: {cron, timezone, overlap, misfire}. "
        + "event: {event_types, filter, key, debounce_ms, batch}. oneoff and embedded: null.")]
    public RawJson? Trigger { get; init; }
    public RawJson? Retry { get; init; }
    public ScriptLimitsWrite? Limits { get; init; }
}

/// <summary>A partial change of <see cref="ScriptLimits"/>; same units.</summary>
public sealed record ScriptLimitsWrite
{
    public long? TimeoutMs { get; init; }
    public long? MemoryBytes { get; init; }
    public long? OutputBytes { get; init; }
    public long? Concurrency { get; init; }
    public long? Calls { get; init; }
}

/// <summary>What <c>POST /scripts/validate</c> asks and answers.</summary>
public sealed record ValidateRequest(ScriptKind Kind, string? Source, RawJson? Trigger, DateTimeOffset? From, RawJson? Uses = null);

/// <summary>
/// Errors by field (none: acceptable); the warnings that a write would give; the next ten runs of a schedule; what the source uses as far as that
/// can be read from it, in the form of a script's <c>uses</c> (null: no source was given).
/// </summary>
public sealed record ValidateResult(IReadOnlyList<FieldError> Errors, IReadOnlyList<string> Warnings, IReadOnlyList<DateTimeOffset> NextRuns, RawJson? Uses);

/// <summary>What one version has and an earlier or later one has not.</summary>
/// <param name="From">Number of the version that is compared with.</param>
/// <param name="To">Number of the version that is looked at.</param>
/// <param name="Source">A unified diff of the sources; empty where they are the same.</param>
/// <param name="Uses">Rights in force, declared or inferred.</param>
public sealed record VersionDiff(int From, int To, string Source, UsesDiff Uses);

/// <summary>Rights in plain words, such as "may now write payments".</summary>
public sealed record UsesDiff(IReadOnlyList<string> Added, IReadOnlyList<string> Removed);

/// <summary>Which scripts to list; null: any.</summary>
/// <param name="Kind">Of this kind.</param>
/// <param name="Text">With this text in the name, the title or the description, in any case.</param>
/// <param name="State">In this state.</param>
/// <param name="Tag">With this tag.</param>
public sealed record ScriptFilter(ScriptKind? Kind = null, string? Text = null, ScriptState? State = null, string? Tag = null);

/// <summary>Whether a script takes work.</summary>
public enum ScriptState
{
    /// <summary>It does.</summary>
    [JsonStringEnumMemberName("live")] Live,

    /// <summary>It holds work, and is not disabled.</summary>
    [JsonStringEnumMemberName("paused")] Paused,

    /// <summary>It refuses work.</summary>
    [JsonStringEnumMemberName("disabled")] Disabled,
}

/// <summary>How many scripts a tenant has.</summary>
/// <param name="Live">Of all, those that take work.</param>
/// <param name="ByKind">A kind without scripts is absent.</param>
public sealed record ScriptCounts(int Live, IReadOnlyDictionary<ScriptKind, int> ByKind)
{
    public int Total => ByKind.Values.Sum();
}

/// <summary>
/// The scripts of the principal's tenant. <c>idOrName</c>: a UUID or a name; 404 where there is no such script. Every call asks for its
/// permission here; a write that makes a version live asks for <c>scripts.publish</c> as well.
/// </summary>
public interface IScripts
{
    /// <summary>By name.</summary>
    Task<Result<Page<Script>>> ListAsync(Principal principal, ScriptFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Asks for <c>scripts.read</c>.</summary>
    Task<Result<ScriptCounts>> CountAsync(Principal principal, CancellationToken cancellationToken);

    /// <summary>Asks for <c>scripts.read</c>.</summary>
    Task<Result<Script>> GetAsync(Principal principal, string idOrName, CancellationToken cancellationToken);

    /// <summary>Version 1 is live at once. The source is parsed by V8 in a worker of the tenant first; 422 with line and column where it does not.</summary>
    Task<Result<Script>> CreateAsync(Principal principal, ScriptWrite script, CancellationToken cancellationToken);

    /// <summary>A change of the source makes a new version and publishes it.</summary>
    Task<Result<Script>> UpdateAsync(
        Principal principal, string idOrName, ScriptWrite change, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>History and versions stay.</summary>
    Task<Result<bool>> DeleteAsync(Principal principal, string idOrName, string? ifMatch, CancellationToken cancellationToken);

    Task<Result<Page<ScriptVersion>>> VersionsAsync(
        Principal principal, string idOrName, PageRequest page, CancellationToken cancellationToken);
    Task<Result<ScriptVersion>> VersionAsync(Principal principal, string idOrName, int version, CancellationToken cancellationToken);

    /// <summary>What the live version may do, each in words such as <c>read clients</c>: what it declares, else what its source shows.</summary>
    Task<Result<IReadOnlyList<string>>> UsesAsync(Principal principal, string idOrName, CancellationToken cancellationToken);

    /// <summary>How a version differs from another of the same script.</summary>
    Task<Result<VersionDiff>> DiffAsync(Principal principal, string idOrName, int from, int to, CancellationToken cancellationToken);

    /// <summary>Makes a new version out of an old one and publishes it.</summary>
    Task<Result<Script>> RollbackAsync(
        Principal principal, string idOrName, int version, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>A disabled script refuses work.</summary>
    Task<Result<Script>> SetEnabledAsync(
        Principal principal, string idOrName, bool enabled, string? reason, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>A paused script holds work; a call that waits for its answer cannot be held and is refused.</summary>
    Task<Result<Script>> SetPausedAsync(
        Principal principal, string idOrName, bool paused, string? ifMatch, CancellationToken cancellationToken);

    Task<Result<ValidateResult>> ValidateAsync(Principal principal, ValidateRequest request, CancellationToken cancellationToken);
}
