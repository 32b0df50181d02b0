using StreamJsonRpc;

namespace Sandbox.Protocol.Rpc;

/// <summary>
/// What the supervisor takes from a worker. Untrusted: every argument is checked for size, each call counts against
/// the worker's message rate, and <c>invocation</c> must be a live invocation of that very worker, else the call is dropped and counted.
/// All are notifications; none can make the supervisor wait.
/// </summary>
public interface IWorkerHost
{
    /// <summary>Lines of one invocation in the order they were written. Sent as they are written, so that they precede a kill.</summary>
    [JsonRpcMethod("log")]
    Task LogAsync(long invocation, IReadOnlyList<WorkerLogLine> lines);

    /// <summary>The latest <c>sdk.progress</c> of an invocation; earlier ones may be left out.</summary>
    [JsonRpcMethod("progress")]
    Task ProgressAsync(long invocation, WorkerProgress progress);

    /// <summary>All labels of an invocation so far, at most <see cref="RpcProtocol.LabelsMax"/>.</summary>
    [JsonRpcMethod("labels")]
    Task LabelsAsync(long invocation, IReadOnlyList<WorkerLabel> labels);

    /// <summary>
    /// One call of a script on the broker, answered by <see cref="IWorker.AnswerAsync"/>. A worker has at most <see cref="RpcProtocol.CallsInFlightMax"/>
    /// unanswered calls of an invocation, whose arguments have at most <see cref="RpcProtocol.CallCharactersMax"/> characters together.
    /// </summary>
    /// <param name="invocation">A live invocation of that worker.</param>
    /// <param name="call">Names the call within its invocation, from 1.</param>
    /// <param name="capability">What is called, for example <c>cache.get</c>.</param>
    /// <param name="arguments">JSON text of the list of arguments, lone surrogates escaped.</param>
    [JsonRpcMethod("call")]
    Task CallAsync(long invocation, int call, string capability, string arguments);
}
