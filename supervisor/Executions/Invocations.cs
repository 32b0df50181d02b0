using Sandbox.Protocol.Api;
using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Workers;

namespace Sandbox.Supervisor.Executions;

/// <summary>What a worker is told of an execution.</summary>
internal static class Invocations
{
    /// <summary>The script's limits, with the shorter wall clock that a caller may ask for.</summary>
    public static ScriptLimits LimitsInForce(RunRequest request) =>
        request.TimeoutMs is { } asked && asked < request.Script.Limits.TimeoutMs ? request.Script.Limits with { TimeoutMs = asked } : request.Script.Limits;

    /// <summary>The request of one invocation; the execution has started, for its deadline is in it.</summary>
    public static InvocationRequest Of(InFlightExecution execution, ScriptLimits limits) => new()
    {
        Invocation = Worker.NextInvocation(),
        VersionKey = execution.Request.Script.VersionId.ToString("N"),
        Source = execution.Request.Script.Source,
        InputSchema = execution.Request.Script.InputSchema?.Text,
        CheckInput = execution.Request.Script.InputSchema is not null && execution.Request.TriggerType != TriggerType.Http,
        Constants = ContextJson.Constants(execution.Request, limits),
        Context = ContextJson.Own(execution),
        Input = execution.Request.Input.ToString(),
        IsHttp = execution.Request.Script.Kind == ScriptKind.Http,
        Isolates = limits.Concurrency,
        HeapBytesMax = limits.MemoryBytes,
        ArrayBufferBytesMax = limits.MemoryBytes,
        CpuMsMax = limits.TimeoutMs,
        OutputBytesMax = limits.OutputBytes,
    };

    /// <summary>As much as a worker needs to make the version ready before time runs.</summary>
    public static InvocationRequest Preparation(RunRequest request, ScriptLimits limits) => new()
    {
        Invocation = 0,
        VersionKey = request.Script.VersionId.ToString("N"),
        Source = request.Script.Source,
        InputSchema = request.Script.InputSchema?.Text,
        Context = "{}",
        Input = "null",
        Isolates = limits.Concurrency,
        HeapBytesMax = limits.MemoryBytes,
        ArrayBufferBytesMax = limits.MemoryBytes,
        CpuMsMax = limits.TimeoutMs,
        OutputBytesMax = limits.OutputBytes,
    };
}
