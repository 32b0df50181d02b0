using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.History;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Queue;

/// <summary>What waits or runs on any node, for those who look at it and those who cancel it.</summary>
internal sealed class QueuedExecutions(
    QueuedStore store, QueueStore queue, QueueEnds ends, QueueRecords records, QueuedWaits waits, ScriptCache scripts, TimeProvider time) : IQueuedExecutions
{
    public async Task<Execution?> FindAsync(Guid tenantId, Guid id, CancellationToken cancellationToken) =>
        await store.FindAsync(tenantId, id, cancellationToken) is { } row ? await ShownAsync(row, cancellationToken) : null;

    public async Task<Page<Execution>> ListAsync(Guid tenantId, ExecutionFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var rows = await store.ListAsync(tenantId, filter, page, cancellationToken);
        var items = new List<Execution>(rows.Items.Count);
        foreach (var row in rows.Items) items.Add(await ShownAsync(row, cancellationToken));
        return new Page<Execution>(items, rows.NextCursor);
    }

    public async Task<Guid?> NextAttemptAsync(Execution failed, CancellationToken cancellationToken) =>
        failed is { IdempotencyKey: { } key, Status: ExecutionStatus.Failed or ExecutionStatus.Timeout }
            && await store.LaterAsync(failed.TenantId, failed.ScriptId, key, failed.Attempt, isWaiting: true, cancellationToken) is { } row
            ? row.Item.ExecutionId
            : null;

    public async Task<Execution?> LaterAttemptAsync(Execution execution, CancellationToken cancellationToken) =>
        execution.IdempotencyKey is { } key
            && await store.LaterAsync(execution.TenantId, execution.ScriptId, key, execution.Attempt, isWaiting: false, cancellationToken) is { } row
            ? await ShownAsync(row, cancellationToken)
            : null;

    public async Task<bool> CancelAsync(Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        while (await store.FindAsync(tenantId, id, cancellationToken) is { } row)
        {
            if (row.ClaimedAt is not null)
            {
                if (!await store.RequestCancelAsync(tenantId, id, cancellationToken)) continue;
                await queue.NotifyAsync(QueueListener.Cancel, cancellationToken);
                return true;
            }

            var script = await scripts.GetAsync(tenantId, row.Item.ScriptId, cancellationToken);
            var record = QueueRecords.Final(row.Item, script, ExecutionStatus.Cancelled, null, null, null, time.GetUtcNow());
            if (await ends.SettleAsync(records.End(row.Item, null, script, record))) return true;
            // It was claimed meanwhile.
        }

        return false;
    }

    private async ValueTask<Execution> ShownAsync(QueuedRow row, CancellationToken cancellationToken)
    {
        var snapshot = QueueRecords.Snapshot(row.Item, row.ClaimedAt) with { WaitsFor = await waits.OfAsync(row, cancellationToken) };
        return row.Record == RecordPolicy.All ? snapshot : ExecutionRecord.WithoutPayloads(snapshot);
    }
}
