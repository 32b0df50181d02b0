using StreamJsonRpc.Protocol;

namespace Sandbox.Supervisor.Workers;

/// <summary>
/// What a worker may send at all: answers, and the notifications of <c>IWorkerHost</c>, at a bounded rate. Anything else
/// (a request, StreamJsonRpc's own <c>$/…</c> messages, a flood) is a worker that is not ours any more. Not thread-safe: one reader.
/// </summary>
internal sealed class WorkerMessageGate(TimeProvider time)
{
    /// <summary>Messages a second, sustained and at once: ten times what a busy worker sends.</summary>
    private const double PerSecond = 200_000;

    private double _tokens = PerSecond;
    private long _at = time.GetTimestamp();

    /// <summary>Why the worker is killed for this message; null where it may pass.</summary>
    public string? Refuse(JsonRpcMessage message)
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(PerSecond, _tokens + (time.GetElapsedTime(_at, now).TotalSeconds * PerSecond));
        _at = now;
        if (--_tokens < 0) return "message rate";
        return message switch
        {
            JsonRpcResult or JsonRpcError => null,
            JsonRpcRequest { IsNotification: true, Method: "log" or "progress" or "labels" or "call" } => null,
            _ => "unexpected message",
        };
    }
}
