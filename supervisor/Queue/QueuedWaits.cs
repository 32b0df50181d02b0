using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Supervisor.Queue;

/// <summary>Why what waits in the queue has not begun, as the dispatcher of this node sees it.</summary>
internal sealed class QueuedWaits(ScriptCache scripts, TenantDirectory tenants, LaneWaits lanes, TimeProvider time)
{
    /// <summary>Null: it runs, or nothing holds it.</summary>
    public async ValueTask<ExecutionWait?> OfAsync(QueuedRow row, CancellationToken cancellationToken)
    {
        var item = row.Item;
        if (row.ClaimedAt is not null || tenants.ById(item.TenantId) is not { } tenant) return null;
        if (await scripts.GetAsync(item.TenantId, item.ScriptId, cancellationToken) is not { } script) return null;
        if (tenant.Suspended) return new ExecutionWait(WaitsFor.TenantSuspended);
        if (script.Paused) return new ExecutionWait(WaitsFor.ScriptPaused, Detail: script.PausedReason);
        if (item.DueAt is { } due && due > time.GetUtcNow()) return new ExecutionWait(WaitsFor.DueTime, Until: due);
        if (row.IsBehind) return new ExecutionWait(WaitsFor.EarlierInOrder);
        return lanes.Reason(item.ScriptId) switch
        {
            WaitReason.Script => new ExecutionWait(WaitsFor.ScriptConcurrency, Limit: script.Limits.Concurrency),
            WaitReason.Tenant => new ExecutionWait(WaitsFor.TenantConcurrency, Limit: tenant.Limits.Concurrency),
            WaitReason.Node => new ExecutionWait(WaitsFor.Worker),
            _ => null,
        };
    }
}
