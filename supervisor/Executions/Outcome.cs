using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Executions;

/// <summary>How an execution ends, or that its attempt is to be run once more.</summary>
/// <param name="RunAgain">Nothing is decided: the attempt fell with a worker or isolate for another's fault.</param>
/// <param name="Blamed">The worker died of this very attempt.</param>
/// <param name="Retryable">False where what was thrown says that to try again is of no use.</param>
internal sealed record Outcome(ExecutionStatus Status, string? Code, ExecutionError? Error, bool RunAgain = false, bool Blamed = false, bool Retryable = true)
{
    public static readonly Outcome Completed = new(ExecutionStatus.Completed, null, null);
    public static readonly Outcome Cancelled = new(ExecutionStatus.Cancelled, null, null);
    public static readonly Outcome Again = new(ExecutionStatus.Running, null, null, RunAgain: true);

    public static Outcome Failed(string code, string message, bool blamed = false) =>
        new(code == Codes.Timeout ? ExecutionStatus.Timeout : ExecutionStatus.Failed, code, new ExecutionError(message), Blamed: blamed);
}
