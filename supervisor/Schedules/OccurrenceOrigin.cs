using Npgsql;
using NpgsqlTypes;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Queue;

namespace Sandbox.Supervisor.Schedules;

/// <summary>Writes the ends of attempts into the occurrences that they serve.</summary>
internal sealed class OccurrenceOrigin : IQueueOrigin
{
    public const string OriginName = "occurrence";

    // An attempt that is followed by another leaves the occurrence queued. What was cancelled before it ran was skipped.
    private const string Sql = """
        update sandbox.occurrences o
        set execution_id = e.execution_id,
            status = case when e.goes_on then 'queued' when e.never_ran then 'skipped' when o.late then 'caught_up' else 'ran' end,
            outcome = case when not e.goes_on then e.outcome end,
            why = case when not e.goes_on and e.never_ran then 'Its execution was cancelled before it ran.' end
        from unnest($1, $2, $3, $4, $5, $6) as e (tenant_id, id, execution_id, outcome, goes_on, never_ran)
        where o.tenant_id = e.tenant_id and o.id = e.id
        """;

    public string Name => OriginName;

    public void Settle(NpgsqlBatch batch, IReadOnlyList<QueueEnd> ends)
    {
        // The last of an occurrence, should two attempts of it end together.
        QueueEnd[] last = [.. ends.GroupBy(end => end.Item.Origin!.Value.Id).Select(group => group.MaxBy(end => end.Item.Attempt)!)];
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Sql)
        {
            Parameters =
            {
                QueueColumns.Of(NpgsqlDbType.Uuid, last, end => end.Item.TenantId),
                QueueColumns.Of(NpgsqlDbType.Uuid, last, end => end.Item.Origin!.Value.Id),
                QueueColumns.Of(NpgsqlDbType.Uuid, last, end => end.Next?.ExecutionId ?? end.Item.ExecutionId),
                QueueColumns.Of(NpgsqlDbType.Text, last, end => EnumText<ExecutionStatus>.Of(end.Record.Execution.Status)),
                QueueColumns.Of(NpgsqlDbType.Boolean, last, end => end.Next is not null),
                QueueColumns.Of(NpgsqlDbType.Boolean, last, NeverRan),
            },
        });
    }

    private static bool NeverRan(QueueEnd end) =>
        end.Record.Execution is { Status: ExecutionStatus.Cancelled, StartedAt: null } && end.Item.Attempt == 1;
}
