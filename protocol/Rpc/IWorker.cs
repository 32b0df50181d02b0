using StreamJsonRpc;

namespace Sandbox.Protocol.Rpc;

/// <summary>
/// What a worker does for the supervisor. The worker is hostile: nothing it answers is believed beyond its shape,
/// and every wait on it is bounded by the supervisor's own clock. No method throws across the pipe for what a script
/// does: that is a value in the answer.
/// </summary>
public interface IWorker
{
    /// <summary>First call on a new worker; the worker answers once it can take an execution (one hardened spare isolate is ready).</summary>
    [JsonRpcMethod("hello")]
    Task<WorkerHello> HelloAsync(SupervisorHello hello, CancellationToken cancellationToken);

    /// <summary>Parses a source and an input schema as the version would be, runs nothing of it.</summary>
    [JsonRpcMethod("check")]
    Task<SourceCheck> CheckAsync(string source, string? inputSchema, CancellationToken cancellationToken);

    /// <summary>
    /// Makes an isolate ready for a version this worker may not have run before, and answers when there is one: what that takes is not the script's time.
    /// Of the request, version, source, schema and memory limits count.
    /// </summary>
    [JsonRpcMethod("prepare")]
    Task PrepareAsync(InvocationRequest request, CancellationToken cancellationToken);

    /// <summary>Runs one invocation to its end. Answers when the invocation has settled, failed or been ended, with its logs sent before.</summary>
    [JsonRpcMethod("execute")]
    Task<InvocationResult> ExecuteAsync(InvocationRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Notification. Ends an invocation: its isolate is interrupted if, and only if, that invocation holds the isolate's thread; else
    /// its further entries are refused. Its <see cref="ExecuteAsync"/> then answers <see cref="InvocationOutcome.Ended"/>.
    /// An invocation that is unknown or already over is no error.
    /// </summary>
    [JsonRpcMethod("end")]
    Task EndAsync(long invocation);

    /// <summary>Notification. The answer to an <see cref="IWorkerHost.CallAsync"/>; one to an invocation that is over goes nowhere.</summary>
    [JsonRpcMethod("answer")]
    Task AnswerAsync(long invocation, int call, CallAnswer answer);
}
