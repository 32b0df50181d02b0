using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Supervisor.Workers;

/// <summary>How an invocation came back: the worker's answer, or the worker's death. Exactly one is set.</summary>
/// <param name="WasAlone">It was the only invocation in the worker when the worker broke; decided once for all that were in it.</param>
internal sealed record InvocationEnd(InvocationResult? Result, WorkerExit? Exit, bool OnThread, bool WasAlone)
{
    public static InvocationEnd Answered(InvocationResult result) => new(result, null, false, false);

    public static InvocationEnd Died(WorkerExit exit, bool onThread, bool wasAlone) => new(null, exit, onThread, wasAlone);
}
