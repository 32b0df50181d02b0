using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Uses;

namespace Sandbox.Supervisor.Broker;

/// <summary>Runs an embedded script of the same tenant and gives its output.</summary>
internal sealed class ScriptsInvoke(INestedRuns runs) : ICapability
{
    private const int NameMax = 100;

    public string Name => "scripts.invoke";

    public CallGroup Group => CallGroup.None;

    public bool Changes => true;

    public bool BeginsSlowly => true;

    public Use? Needs(BrokerCall call) => new Use(UseKind.Script, NameOf(call));

    public async ValueTask<string?> CallAsync(BrokerCall call, CancellationToken cancellationToken)
    {
        var name = NameOf(call);
        var result = await runs.RunAsync(call, name, new RawJson(call.Json(1)), cancellationToken);
        var execution = result.Execution;
        return execution.Status == ExecutionStatus.Completed
            ? result.Answer
            : throw new CallRefusedException(execution.Code ?? Codes.NotAllowed, $"The script {name} {Ended(execution)} (execution {execution.Id}).", result.RetryAfterSeconds);
    }

    /// <summary>What it invokes is dry as well.</summary>
    public ValueTask<string?> DryRunAsync(BrokerCall call, DryRun dryRun, CancellationToken cancellationToken) => CallAsync(call, cancellationToken);

    private static string NameOf(BrokerCall call) => call.Summary = call.Text(0, "name", NameMax);

    private static string Ended(Execution execution) => execution.Status == ExecutionStatus.Cancelled ? "was cancelled" : $"failed: {execution.Error?.Message}";
}
