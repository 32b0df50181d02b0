using System.Text.Json.Serialization;

namespace Sandbox.Protocol.Api;

/// <summary>A hook point: a question of the host application that a tenant's <c>embedded</c> script of the same name answers.</summary>
public sealed record Hook
{
    public required string Name { get; init; }
    public string? Description { get; init; }

    /// <summary>JSON Schema of the input; null: any input.</summary>
    public RawJson? InputSchema { get; init; }

    /// <summary>JSON Schema of the output; null: any output.</summary>
    public RawJson? OutputSchema { get; init; }

    /// <summary>Milliseconds from the arrival of a call to its answer, the wait for a slot included.</summary>
    public required int DeadlineMs { get; init; }

    public required HookFail Fail { get; init; }

    /// <summary>The answer where there is no script, and where one fails under <see cref="HookFail.Open"/>.</summary>
    public required RawJson Default { get; init; }

    /// <summary>The tenant's script; null: there is none.</summary>
    public HookScript? Script { get; init; }
}

/// <summary>The script of a hook. It answers while it is enabled and not paused.</summary>
public sealed record HookScript(Guid Id, int Version, bool Enabled, bool Paused);

/// <summary>What a caller gets where the script of a hook fails.</summary>
public enum HookFail
{
    /// <summary>The default.</summary>
    [JsonStringEnumMemberName("open")] Open,

    /// <summary>The error.</summary>
    [JsonStringEnumMemberName("closed")] Closed,
}

/// <summary>Where the output of a hook comes from.</summary>
public enum HookSource
{
    [JsonStringEnumMemberName("script")] Script,
    [JsonStringEnumMemberName("default")] Default,
}

/// <summary>A call of a hook.</summary>
/// <param name="Inputs">1 to 100; each is an execution of its own, and they run at once.</param>
/// <param name="IsList">They came as a list, by which a refusal names them; else there is one.</param>
/// <param name="ArrivedTimestamp">Monotonic, of the <see cref="TimeProvider"/>: the deadline counts from here.</param>
/// <param name="TraceParent">The trace that the executions continue; null: none.</param>
public sealed record HookCall(IReadOnlyList<RawJson> Inputs, bool IsList, long ArrivedTimestamp, TraceParent? TraceParent = null);

/// <summary>The answer to one input.</summary>
public sealed record HookResult
{
    /// <summary>Null where it failed and the hook fails closed.</summary>
    public RawJson? Output { get; init; }

    /// <summary>Null where there is no output.</summary>
    public HookSource? Source { get; init; }

    /// <summary>Null: nothing ran.</summary>
    public Guid? ExecutionId { get; init; }

    /// <summary>Why the script failed, one of <see cref="Codes"/>; null: it did not.</summary>
    public string? Code { get; init; }

    /// <summary>The failure, where the hook fails closed; else left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HookError? Error => Problem is null ? null : new HookError(Problem.Code, Problem.Detail);

    /// <summary>The failure as the answer to a call with a single input, where the hook fails closed; else null.</summary>
    [JsonIgnore]
    public Problem? Problem { get; init; }
}

/// <summary>Why one of many inputs has no output.</summary>
public sealed record HookError(string Code, string Message);

/// <summary>The hook points of the host application, as the principal's tenant has them.</summary>
public interface IHooks
{
    /// <summary>By name. Asks for <c>scripts.read</c>.</summary>
    Task<Result<Page<Hook>>> ListAsync(Principal principal, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Asks for <c>scripts.read</c>.</summary>
    Task<Result<Hook>> GetAsync(Principal principal, string name, CancellationToken cancellationToken);

    /// <summary>
    /// Answers in the order of the inputs. Asks for <c>scripts.execute</c>. Where an input does not match the hook's schema the answer is a 422
    /// and nothing runs. A script's failure is in its result.
    /// </summary>
    Task<Result<IReadOnlyList<HookResult>>> CallAsync(
        Principal principal, string name, HookCall call, CancellationToken cancellationToken);
}
