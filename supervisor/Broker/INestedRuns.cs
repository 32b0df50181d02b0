using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Broker;

/// <summary>Runs a script for another one that waits for it: the executions' side of <c>sdk.scripts.invoke</c>.</summary>
internal interface INestedRuns
{
    /// <summary>An execution of its own, in its parent's slot and within its parent's time; its end whatever that is.</summary>
    Task<RunResult> RunAsync(BrokerCall call, string name, RawJson input, CancellationToken cancellationToken);
}
