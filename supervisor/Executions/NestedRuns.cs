using Microsoft.Extensions.Options;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Executions;

/// <summary>Executions that other executions make. The tail comes by a function: it needs the broker, and the broker this.</summary>
internal sealed class NestedRuns(ScriptCache scripts, InFlight inFlight, Func<ExecutionTail> tail, JournalLedger ledger, IOptions<ExecutionsOptions> options, TimeProvider time) : INestedRuns
{
    private const int DepthMax = 5;
    private static readonly RawJson s_trigger = new("""{"type":"api"}""");

    public async Task<RunResult> RunAsync(BrokerCall call, string name, RawJson input, CancellationToken cancellationToken)
    {
        var parent = inFlight.Find(call.TenantId, call.Execution.Request.ExecutionId) ?? throw call.Refused(Codes.NotAllowed, "the execution has ended");
        if (parent.Request.Depth >= DepthMax) throw call.Refused(Codes.ChainLimit, $"scripts call each other deeper than {DepthMax} levels");
        if (!JsonText.IsValid(input.Text)) throw call.Refused(Codes.InvalidInput, $"the input is nested deeper than {JsonText.DepthMax} levels");
        var script = await scripts.GetAsync(call.TenantId, name, cancellationToken) ?? throw call.Refused(Codes.NotFound, $"there is no script {name}");
        if (script.Kind != ScriptKind.Embedded) throw call.Refused(Codes.NotAllowed, $"the script {name} is of kind {script.Kind.ToString().ToLowerInvariant()}; only an embedded one can be called");
        if (ScriptCache.Refusal(script) is { } refusal) throw call.Refused(refusal.Code, refusal.Detail);
        if (System.Text.Encoding.UTF8.GetByteCount(input.Text) > script.Limits.OutputBytes) throw call.Refused(Codes.InvalidInput, $"the input is larger than {script.Limits.OutputBytes} bytes (limits.output_bytes of {name})");

        var left = parent.Timeout - time.GetElapsedTime(parent.StartedTimestamp);
        var request = new RunRequest
        {
            Tenant = parent.Request.Tenant,
            Script = script,
            Input = input,
            TriggerType = TriggerType.Api,
            Trigger = s_trigger,
            Cause = new Cause("execution", parent.Request.ExecutionId.ToString()),
            DryRun = parent.Request.DryRun,
            TraceParent = parent.Request.TraceParent,
            UserId = parent.Request.UserId,
            OrganizationId = parent.Request.OrganizationId,
            Depth = parent.Request.Depth + 1,
            Causes = parent.Request.Causes + 1,
            TimeoutMs = Math.Max(1, (int)left.TotalMilliseconds),
        };
        return await tail().RunAsync(request, new DoorTerms(options.Value.WaitMax, ledger, parent), cancellationToken);
    }
}
