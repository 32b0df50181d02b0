using System.Text.Json.Serialization;
using Sandbox.Protocol.Text;

namespace Sandbox.Protocol.Api;

/// <summary>One run of one version. Never changes once its status is final.</summary>
public sealed record Execution
{
    public required Guid Id { get; init; }

    public required Guid TenantId { get; init; }
    public required Guid ScriptId { get; init; }
    public required string ScriptName { get; init; }
    public required int Version { get; init; }
    public required ScriptKind Kind { get; init; }
    public required ExecutionStatus Status { get; init; }

    /// <summary>One of <see cref="Codes"/>; null unless failed or timed out.</summary>
    public string? Code { get; init; }

    public ExecutionError? Error { get; init; }
    public RawJson? Input { get; init; }
    public RawJson? Output { get; init; }

    /// <summary>What the script saw as <c>context.trigger</c>, masked.</summary>
    public RawJson Trigger { get; init; } = RawJson.Null;

    public int Attempt { get; init; } = 1;
    public required Cause Cause { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public double QueueMs { get; init; }

    /// <summary>Milliseconds by reason.</summary>
    public QueueReasons QueueReasons { get; init; }

    /// <summary>Why one that is pending has not begun; null: it has, or nothing holds it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExecutionWait? WaitsFor { get; init; }

    public double? DurationMs { get; init; }
    public double? CpuMs { get; init; }
    public long? MemoryPeakBytes { get; init; }

    /// <summary>Broker calls made.</summary>
    public int Calls { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = EmptyLabels;

    /// <summary>Each limit of which 80 % was used, in words.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public ExecutionProgress? Progress { get; init; }

    /// <summary>Of the delivery or occurrence that it is an attempt of; null: its own id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IdempotencyKey { get; init; }

    /// <summary>In the answer to a dry run alone: <c>{changes: [{entity, operation, before, after}], calls: [{capability, …, answer}], not_listed}</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RawJson? DryRun { get; init; }

    private static readonly Dictionary<string, string> EmptyLabels = [];
}

/// <summary>What failed, safe to show. Line and column are 1-based in the user's own source.</summary>
/// <param name="Stack">Begins with <c>Name: message</c>; frames, then the error's own fields, what caused it and what it consists of.</param>
/// <param name="Name">What was thrown calls itself, or its class; null where no object was thrown, or nothing was.</param>
public sealed record ExecutionError(
    [property: JsonConverter(typeof(LosslessStringConverter))] string Message,
    int? Line = null,
    int? Column = null,
    [property: JsonConverter(typeof(LosslessStringConverter))] string? Stack = null,
    [property: JsonConverter(typeof(LosslessStringConverter)), JsonPropertyOrder(-1)] string? Name = null);

/// <summary>Who or what caused an execution. Kinds: <c>token</c>, <c>dry_run</c> (a token that asked for one), <c>user</c>, <c>http</c>, <c>hook</c> (by its name), <c>schedule</c>, <c>event</c>, <c>execution</c>, <c>replay</c>.</summary>
public sealed record Cause(string Kind, string? Id);

/// <summary>What an execution waited for before it ran, milliseconds.</summary>
public readonly record struct QueueReasons(double ScriptConcurrency, double TenantConcurrency, double Worker);

/// <summary>What holds an execution that has not begun.</summary>
/// <param name="Until">Of a due time alone: when it is.</param>
/// <param name="Limit">Of a concurrency alone: executions at once, all of which are in use.</param>
/// <param name="Detail">Of a paused script alone: why it is paused, where that is known.</param>
public sealed record ExecutionWait(
    WaitsFor Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? Until = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Limit = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail = null);

/// <summary>The latest progress a script reported.</summary>
public sealed record ExecutionProgress(double Done, double? Total, [property: JsonConverter(typeof(LosslessStringConverter))] string? Message);

/// <summary>One log line of an execution.</summary>
/// <param name="Seq">From 1, without gaps.</param>
public sealed record LogLine(int Seq, DateTimeOffset At, LogLevel Level, [property: JsonConverter(typeof(LosslessStringConverter))] string Message, RawJson? Metadata);

/// <summary>What the Run door is asked.</summary>
public sealed record RunRequest
{
    /// <summary>The tenant it runs for, with the limits in force.</summary>
    public required Tenant Tenant { get; init; }

    /// <summary>The live state of the script, as the caller resolved it.</summary>
    public required Script Script { get; init; }

    /// <summary>Names the execution, UUIDv7; made by the caller so that a refusal can name it too.</summary>
    public Guid ExecutionId { get; init; } = Guid.CreateVersion7();

    public RawJson Input { get; init; } = RawJson.Null;
    public required TriggerType TriggerType { get; init; }

    /// <summary><c>context.trigger</c> as JSON object text, with its <c>type</c>.</summary>
    public required RawJson Trigger { get; init; }

    /// <summary>The trigger as it is recorded, where it differs (masked headers); null: as <see cref="Trigger"/>.</summary>
    public RawJson? RecordedTrigger { get; init; }

    public required Cause Cause { get; init; }
    public Guid? UserId { get; init; }
    public Guid? OrganizationId { get; init; }

    /// <summary>From 1; each attempt of a delivery or occurrence is an execution of its own.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The same on every attempt of one delivery or occurrence; null: the execution's id.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What <c>context.checkpoint</c> holds: <c>{version, value}</c>; null where there is none.</summary>
    public RawJson? Checkpoint { get; init; }

    /// <summary>The execution that this one replays.</summary>
    public Guid? ReplayOf { get; init; }

    /// <summary>Where what it would do is written down, as it must do nothing; null: it does it.</summary>
    public DryRun? DryRun { get; init; }

    /// <summary>The trace that its calls continue; null: none.</summary>
    public TraceParent? TraceParent { get; init; }

    /// <summary>How many executions above it called for it: 0 where none did.</summary>
    public int Depth { get; init; }

    /// <summary>A shorter wall clock than the script's limit, milliseconds; null: the limit.</summary>
    public int? TimeoutMs { get; init; }

    /// <summary>
    /// All the time until its answer, the waits for quotas' gates, a worker and its isolate included, from when it comes to the door; null: only the
    /// script's own time and the door's wait are bounded.
    /// </summary>
    public TimeSpan? AnswerWithin { get; init; }

    /// <summary>How many executions and events caused one another before it.</summary>
    public int Causes { get; init; }

    /// <summary>It is in the queue, and whoever has its lease runs it.</summary>
    public bool IsDurable { get; init; }

    /// <summary>When it was accepted; null: as it comes to the door.</summary>
    public DateTimeOffset? AcceptedAt { get; init; }

    /// <summary>How long it had waited in a queue when it came to the door, since it was due.</summary>
    public TimeSpan Waited { get; init; }

    /// <summary>What it waited for there.</summary>
    public QueueReasons WaitedFor { get; init; }
}

/// <summary>A finished execution and, for http scripts, its answer.</summary>
/// <param name="Responded"><c>Execution.Output</c> came from <c>sdk.respond</c> or a <c>Response</c>: <c>{status, headers, body, bodyEncoding?}</c>; else it is the returned value.</param>
/// <param name="Answer">JSON text of what the script returned, before masking; what an endpoint answers. Null: <c>undefined</c>.</param>
/// <param name="RetryAfterSeconds">When it may be tried again, where a limit refused it and that is known.</param>
public sealed record RunResult(Execution Execution, string? Answer, bool Responded, int? RetryAfterSeconds = null);

/// <summary>Which executions to list; null: any.</summary>
public sealed record ExecutionFilter
{
    /// <summary>Script id or name.</summary>
    public string? Script { get; init; }

    public ScriptKind? Kind { get; init; }
    public ExecutionStatus? Status { get; init; }
    public TriggerType? Trigger { get; init; }
    public string? Code { get; init; }
    public DateTimeOffset? From { get; init; }
    public DateTimeOffset? To { get; init; }
    public double? DurationMsMin { get; init; }
    public double? DurationMsMax { get; init; }

    /// <summary>Text in a log line or the error message.</summary>
    public string? Text { get; init; }

    /// <summary>The execution must have all of them.</summary>
    public IReadOnlyList<Label> Labels { get; init; } = [];
}

/// <summary>An execution as another one refers to it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ScriptName">Of its script.</param>
/// <param name="Attempt">Its number, from 1.</param>
/// <param name="CauseKind">What started it.</param>
/// <param name="Status">As it is now.</param>
/// <param name="Code">Of its failure; null: it has none.</param>
/// <param name="CreatedAt">When it was made; of one that waits, too.</param>
/// <param name="DurationMs">How long it ran; null: it did not, or still does.</param>
public sealed record RelatedExecution(
    Guid Id, string ScriptName, int Attempt, string CauseKind, ExecutionStatus Status, string? Code, DateTimeOffset CreatedAt, double? DurationMs);

/// <summary>What an execution belongs to.</summary>
/// <param name="Attempts">All of the same piece of work, in order, itself among them; one that waits or runs is the last.</param>
/// <param name="Effects">Those that it started or that replay it and have ended, the newest first, at most 50.</param>
public sealed record RelatedExecutions(IReadOnlyList<RelatedExecution> Attempts, IReadOnlyList<RelatedExecution> Effects);

/// <summary>Many executions in little.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="HasMore">Older ones match too.</param>
public sealed record ExecutionOutline(IReadOnlyList<ExecutionMark> Items, bool HasMore)
{
    /// <summary>Of one answer.</summary>
    public const int Most = 1_000;

    /// <summary>How many stand there.</summary>
    public int Count(ExecutionStatus status) => Items.Count(item => item.Status == status);
}

/// <summary>One execution in little.</summary>
public sealed record ExecutionMark(Guid Id, ExecutionStatus Status, DateTimeOffset CreatedAt, double? DurationMs);

/// <summary>The Run door: the caller waits for the answer.</summary>
public interface IRunDoor
{
    /// <summary>
    /// Runs a script and waits for its end, within the script's limits plus a bounded wait for a worker (5 s). What goes
    /// wrong is in the answer's status and code, never an exception; a caller that cancels cancels the execution.
    /// </summary>
    Task<RunResult> RunAsync(RunRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Records an execution that was refused before it could run (after route and authentication), as <c>failed</c> with <paramref name="code"/>.
    /// </summary>
    Task<RunResult> RefuseAsync(RunRequest request, string code, string message, CancellationToken cancellationToken);
}

/// <summary>Lines as they are written, until the execution is final.</summary>
public sealed record LogStream(IAsyncEnumerable<LogLine> Lines);

/// <summary>The times at which executions had begun or ended on this node, at most one in a second.</summary>
public sealed record ChangeStream(IAsyncEnumerable<DateTimeOffset> Changes);

/// <summary>What is known of executions, and their end. Every call asks for its permission here; 404 where there is no such execution.</summary>
public interface IExecutions
{
    /// <summary>Right after an answer too: what the writer has not stored yet comes from its buffer, what runs from memory.</summary>
    Task<Result<Execution>> GetAsync(Principal principal, Guid id, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    Task<Result<Page<Execution>>> ListAsync(
        Principal principal, ExecutionFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary>The newest that match, at most <see cref="ExecutionOutline.Most"/>, as a chart needs them. A text is not searched for: 422.</summary>
    Task<Result<ExecutionOutline>> OutlineAsync(Principal principal, ExecutionFilter filter, CancellationToken cancellationToken);

    /// <summary>From line <paramref name="afterSeq"/> + 1 on.</summary>
    Task<Result<Page<LogLine>>> LogsAsync(Principal principal, Guid id, int afterSeq, int limit, CancellationToken cancellationToken);

    /// <summary>The call log, in order.</summary>
    Task<Result<Page<CallEntry>>> CallsAsync(Principal principal, Guid id, PageRequest page, CancellationToken cancellationToken);

    /// <summary>From line <paramref name="afterSeq"/> + 1 on.</summary>
    Task<Result<LogStream>> FollowLogsAsync(Principal principal, Guid id, int afterSeq, CancellationToken cancellationToken);

    /// <summary>Asks for <c>executions.read</c>. 429 where a hundred readers of the tenant follow on this node already.</summary>
    /// <param name="principal">Who asks.</param>
    /// <param name="scriptId">Of one script; null: of all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<Result<ChangeStream>> FollowAsync(Principal principal, Guid? scriptId, CancellationToken cancellationToken);

    /// <summary>Other attempts of the same piece of work, and what it started.</summary>
    Task<Result<RelatedExecutions>> RelatedAsync(Principal principal, Guid id, CancellationToken cancellationToken);

    /// <summary>Ends a pending or running execution as <c>cancelled</c>; 409 where it is final.</summary>
    Task<Result<Execution>> CancelAsync(Principal principal, Guid id, CancellationToken cancellationToken);
}

/// <summary>A durable execution that is asked for.</summary>
/// <param name="RunAt">Not before; null: at once.</param>
public sealed record EnqueueRequest(RawJson Input, DateTimeOffset? RunAt);

/// <summary>How an execution is run again.</summary>
/// <param name="Input">Another one; null: the same.</param>
/// <param name="Original">The version that ran; else the live one.</param>
/// <param name="FromCheckpoint">It finds what the execution left by <c>sdk.checkpoint</c>.</param>
/// <param name="SameKey">It has the idempotency key of the execution; else one of its own.</param>
public sealed record ReplayRequest(RawJson? Input, bool Original, bool FromCheckpoint, bool SameKey);

/// <summary>Many executions at once, by the filter of their list.</summary>
/// <param name="Filter">Which.</param>
/// <param name="PerMinute">Replays are spread so that at most so many begin in a minute; null: at once.</param>
public sealed record BulkRequest(ExecutionFilter Filter, int? PerMinute);

/// <summary>What a bulk call did.</summary>
/// <param name="Matched">Executions that the filter found, at most 10,000.</param>
/// <param name="Done">Of those, replayed or cancelled.</param>
/// <param name="Refused">The others, with the reason of the first few.</param>
public sealed record BulkResult(int Matched, int Done, IReadOnlyList<BulkRefusal> Refused);

/// <summary>Why one of many was left as it is.</summary>
public sealed record BulkRefusal(Guid Id, string Reason);

/// <summary>The Enqueue door: what it answers is committed, and runs whatever happens to this process.</summary>
public interface IDurableExecutions
{
    /// <summary>Asks for <c>scripts.execute</c>. A disabled script refuses it, with a record; a paused one holds it.</summary>
    Task<Result<Execution>> EnqueueAsync(Principal principal, string idOrName, EnqueueRequest request, CancellationToken cancellationToken);

    /// <summary>Asks for <c>executions.replay</c>. 409 where what it needs was not kept.</summary>
    Task<Result<Execution>> ReplayAsync(Principal principal, Guid id, ReplayRequest request, CancellationToken cancellationToken);

    /// <summary>Asks for <c>executions.replay</c>. The same input, the live version.</summary>
    Task<Result<BulkResult>> ReplayManyAsync(Principal principal, BulkRequest request, CancellationToken cancellationToken);

    /// <summary>Asks for <c>executions.cancel</c>.</summary>
    Task<Result<BulkResult>> CancelManyAsync(Principal principal, BulkRequest request, CancellationToken cancellationToken);
}
