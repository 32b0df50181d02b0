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
    public static AttemptRequest Of(LiveExecution live, ScriptLimits limits) => new()
    {
        Attempt = Worker.NextAttempt(),
        VersionKey = live.Request.Script.VersionId.ToString("N"),
        Source = live.Request.Script.Source,
        InputSchema = live.Request.Script.InputSchema?.Text,
        CheckInput = live.Request.Script.InputSchema is not null && live.Request.TriggerType != TriggerType.Http,
        Constants = ContextJson.Constants(live.Request, limits),
        Context = ContextJson.Own(live),
        Input = live.Request.Input.ToString(),
        IsHttp = live.Request.Script.Kind == ScriptKind.Http,
        Isolates = limits.Concurrency,
        HeapBytesMax = limits.MemoryBytes,
        ArrayBufferBytesMax = limits.MemoryBytes,
        CpuMsMax = limits.TimeoutMs,
        OutputBytesMax = limits.OutputBytes,
    };

    /// <summary>As much as a worker needs to make the version ready before time runs.</summary>
    public static AttemptRequest Preparation(RunRequest request, ScriptLimits limits) => new()
    {
        Attempt = 0,
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
