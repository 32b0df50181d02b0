using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Checkpoints;

/// <summary>Keeps how far the execution has come; once the call is answered it is committed.</summary>
internal sealed class CheckpointCapability(CheckpointStore store) : ICapability
{
    private const int BytesMax = 64 * 1024;

    public string Name => "checkpoint";

    public CallGroup Group => CallGroup.None;

    public bool Changes => true;

    /// <summary>Checked, and not kept.</summary>
    public ValueTask<string?> DryRunAsync(BrokerCall call, DryRun dryRun, CancellationToken cancellationToken)
    {
        Read(call);
        return ValueTask.FromResult<string?>(null);
    }

    public async ValueTask<string?> CallAsync(BrokerCall call, CancellationToken cancellationToken)
    {
        var request = call.Execution.Request;
        await store.SetAsync(call.TenantId, request.ExecutionId, request.Script.Version, Read(call), cancellationToken);
        return null;
    }

    private static string Read(BrokerCall call)
    {
        var value = call.Json(0);
        var bytes = Encoding.UTF8.GetByteCount(value);
        call.Summary = $"{bytes} bytes";
        if (bytes > BytesMax) throw call.Invalid($"the value has {bytes} bytes as JSON; at most {BytesMax} are kept");
        return value;
    }
}
