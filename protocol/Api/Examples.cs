using System.Text.Json.Serialization;

namespace Sandbox.Protocol.Api;

/// <summary>A payload of a script that is kept, and the result that is expected of it. It is no part of any version.</summary>
public sealed record Example
{
    public required Guid ScriptId { get; init; }

    /// <summary>Unique in its script.</summary>
    public required string Name { get; init; }

    public required RawJson Input { get; init; }

    /// <summary>An <c>http</c> script's request, as a try takes it.</summary>
    public RawJson? Request { get; init; }

    /// <summary>What is expected; null: no result was kept.</summary>
    public ExecutionStatus? Status { get; init; }

    /// <summary>One of <see cref="Codes"/>; null where none is expected.</summary>
    public string? Code { get; init; }

    public RawJson? Output { get; init; }

    /// <summary>Who wrote it last.</summary>
    public required string UpdatedBy { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>All examples of a script, by name.</summary>
public sealed record ExampleList(IReadOnlyList<Example> Items);

/// <summary>The whole of an example.</summary>
public sealed record ExampleWrite
{
    public RawJson? Input { get; init; }

    /// <summary>An <c>http</c> script's request: <c>{method, path, params, query, headers}</c>, each of which may be left out.</summary>
    public RawJson? Request { get; init; }

    /// <summary>
    /// The result that is expected: <c>completed</c>, <c>failed</c>, <c>timeout</c> or <c>cancelled</c>; null: none is yet.
    /// </summary>
    public ExecutionStatus? Status { get; init; }

    public string? Code { get; init; }
    public RawJson? Output { get; init; }
}

/// <summary>What the examples are run with. Without a source it is the caller's draft, or the live version where there is none.</summary>
public sealed record ExampleRun : IPartialWrite
{
    /// <inheritdoc />
    [JsonIgnore]
    public IReadOnlySet<string> Nulls { get; set; } = new HashSet<string>();

    public string? Source { get; init; }
    public RawJson? Trigger { get; init; }
    public RawJson? Uses { get; init; }
    public ScriptLimitsWrite? Limits { get; init; }
    public RawJson? InputSchema { get; init; }
}

/// <summary>Every example of a script, run once.</summary>
public sealed record ExampleChecks(IReadOnlyList<ExampleCheck> Items);

/// <summary>What an example came to, beside what was expected.</summary>
public sealed record ExampleCheck
{
    public required string Name { get; init; }

    /// <summary>Null: it did not run.</summary>
    public ExecutionStatus? Status { get; init; }

    public string? Code { get; init; }
    public RawJson? Output { get; init; }

    /// <summary>Of an error, safe to show.</summary>
    public string? Message { get; init; }

    /// <summary>Status, code or output differ from what was expected; false where nothing was, or where it did not run.</summary>
    public required bool Changed { get; init; }

    /// <summary>Null: nothing is expected.</summary>
    public ExampleResult? Was { get; init; }

    public Guid? ExecutionId { get; init; }

    /// <summary>Why it did not run; null: it did.</summary>
    public string? NotRun { get; init; }
}

/// <summary>A result that is expected.</summary>
public sealed record ExampleResult(ExecutionStatus Status, string? Code, RawJson? Output);

/// <summary>An example as it is now.</summary>
public sealed record ExampleWritten(Example Example, bool IsNew);

/// <summary>Examples of the scripts of the principal's tenant. 404 where there is no such script or no such example.</summary>
public interface IExamples
{
    /// <summary>All of a script, by name.</summary>
    Task<Result<ExampleList>> ListAsync(Principal principal, string idOrName, CancellationToken cancellationToken);

    Task<Result<Example>> GetAsync(Principal principal, string idOrName, string name, CancellationToken cancellationToken);

    /// <summary>Makes it or puts it in the place of the one before.</summary>
    Task<Result<ExampleWritten>> PutAsync(
        Principal principal, string idOrName, string name, ExampleWrite write, CancellationToken cancellationToken);

    Task<Result<bool>> DeleteAsync(Principal principal, string idOrName, string name, CancellationToken cancellationToken);

    /// <summary>
    /// Runs every example as a dry run, one after the other, for a minute at most. Those that are left say so.
    /// Asks for <c>scripts.update</c>, as a try does.
    /// </summary>
    Task<Result<ExampleChecks>> RunAsync(
        Principal principal, string idOrName, ExampleRun run, TraceParent? trace, CancellationToken cancellationToken);
}
