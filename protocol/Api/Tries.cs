using System.Text.Json.Serialization;

namespace Sandbox.Protocol.Api;

/// <summary>A source that is not saved, to be run once. Where it names a script, what it leaves out is as that script has it.</summary>
public sealed record TryWrite : IPartialWrite
{
    /// <inheritdoc />
    [JsonIgnore]
    public IReadOnlySet<string> Nulls { get; set; } = new HashSet<string>();

    public ScriptKind? Kind { get; init; }
    public string? Source { get; init; }
    public RawJson? Input { get; init; }
    public RawJson? Trigger { get; init; }
    public RawJson? Uses { get; init; }
    public ScriptLimitsWrite? Limits { get; init; }
    public RawJson? InputSchema { get; init; }

    /// <summary>
    /// The request that an <c>http</c> script answers: <c>{method, path, params, query, headers}</c>, each of which may be left out. The input is its body.
    /// </summary>
    public RawJson? Request { get; init; }

    /// <summary>Name of the script that it may become a version of; null, or none of that name: it may become a new one.</summary>
    public string? Name { get; init; }

    /// <summary>Every write is rolled back and every call of the outside is written down, not made.</summary>
    public bool? DryRun { get; init; }
}

/// <summary>A try that runs: it can be followed and cancelled as every execution.</summary>
/// <param name="ExecutionId">Known from now on.</param>
/// <param name="End">Whatever becomes of it.</param>
public sealed record BegunTry(Guid ExecutionId, Task<Execution> End);

/// <summary>Runs what is not saved.</summary>
public interface ITries
{
    /// <summary>
    /// Begins it; who cancels the token ends it. The execution is on record with the version 0, under the script that it names, else under
    /// the tenant's own id.
    /// Asks for <c>scripts.update</c>; rights beyond those of the live version ask for <c>scripts.publish</c> or a dry run.
    /// </summary>
    Task<Result<BegunTry>> BeginAsync(Principal principal, TryWrite given, TraceParent? trace, CancellationToken cancellationToken);
}
