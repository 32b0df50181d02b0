using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Queue;

/// <summary>Settles what dead nodes had in hand: each attempt is recorded as interrupted, and is run again where its policy has attempts left.</summary>
internal sealed class Takeover(NodeStore nodes, QueueStore queue, QueueEnds ends, QueueRecords records, ScriptCache scripts, TimeProvider time, ILogger<Takeover> logger)
{
    /// <param name="known">A node that has ended, whatever its lease says; null: none.</param>
    public async Task RunAsync(Guid? known, CancellationToken cancellationToken)
    {
        var dead = await nodes.DeadAsync(known, cancellationToken);
        if (dead.Length == 0) return;
        var left = await queue.OfNodesAsync(dead, cancellationToken);
        var settled = await Task.WhenAll(left.Select(async one =>
        {
            var script = await scripts.GetAsync(one.Item.TenantId, one.Item.ScriptId, cancellationToken);
            var record = QueueRecords.Final(one.Item, script, ExecutionStatus.Failed, Codes.Interrupted, "The supervisor that ran the script ended.", one.ClaimedAt, time.GetUtcNow());
            // Two nodes may find the same: the token lets one of them through.
            return await ends.SettleAsync(records.End(one.Item, one.Token, script, record));
        }));
        if (settled.Count(stood => stood) is > 0 and var count) QueueLog.TakenOver(logger, count);
        foreach (var id in dead) await nodes.RemoveAsync(id, cancellationToken);
    }
}
