using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Supervisor.Workers;

/// <summary>How an attempt came back: the worker's answer, or the worker's death. Exactly one is set.</summary>
/// <param name="WasAlone">It was the only attempt in the worker when the worker broke; decided once for all that were in it.</param>
internal sealed record AttemptEnd(AttemptResult? Result, WorkerExit? Exit, bool OnThread, bool WasAlone)
{
    public static AttemptEnd Answered(AttemptResult result) => new(result, null, false, false);

    public static AttemptEnd Died(WorkerExit exit, bool onThread, bool wasAlone) => new(null, exit, onThread, wasAlone);
}
