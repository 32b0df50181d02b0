using Npgsql;
using NpgsqlTypes;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Queue;

namespace Sandbox.Supervisor.Events;

/// <summary>Writes down how the attempts of a batch ended, on the delivery of every event in it.</summary>
internal sealed class BatchOrigin : IQueueOrigin
{
    private const string Update = """
        update sandbox.deliveries d
        set state = e.state, attempts = e.attempts, execution_id = e.execution_id,
            finished_at = case when e.state <> 'waiting' then clock_timestamp() end
        from unnest($1, $2, $3, $4, $5) as e (tenant_id, id, state, attempts, execution_id)
        where d.tenant_id = e.tenant_id and d.batch_id = e.id
        """;

    public string Name => BatchPlan.Origin;

    public void Settle(NpgsqlBatch batch, IReadOnlyList<QueueEnd> ends)
    {
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Update)
        {
            Parameters =
            {
                QueueColumns.Of(NpgsqlDbType.Uuid, ends, end => end.Item.TenantId),
                QueueColumns.Of(NpgsqlDbType.Uuid, ends, end => end.Item.Origin!.Value.Id),
                QueueColumns.Of(NpgsqlDbType.Text, ends, end => EnumText<DeliveryState>.Of(DeliveryOrigin.StateAfter(end))),
                QueueColumns.Of(NpgsqlDbType.Integer, ends, end => (end.Next ?? end.Item).Attempt),
                QueueColumns.Of(NpgsqlDbType.Uuid, ends, end => (end.Next ?? end.Item).ExecutionId),
            },
        });
        // One that was cancelled while it was open, or became due without being full.
        batch.BatchCommands.Add(BatchStore.Forgetting([.. ends.Select(end => (end.Item.TenantId, end.Item.Origin!.Value.Id))]));
    }
}
