using Dapper;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Events;

/// <summary>Removes events whose time is over.</summary>
internal sealed class EventSweepStore(Db db)
{
    private const int BatchMax = 5_000;

    /// <summary>How many events were removed, with their deliveries.</summary>
    /// <param name="unheardBefore">Events without deliveries that were routed before this time go.</param>
    /// <param name="deliveredBefore">Events whose deliveries were all final before this time go.</param>
    /// <param name="cancellationToken">The supervisor stops.</param>
    public async Task<int> SweepAsync(DateTimeOffset unheardBefore, DateTimeOffset deliveredBefore, CancellationToken cancellationToken)
    {
        const string sql = """
            delete from sandbox.events e
            using (
                select o.tenant_id, o.id
                from sandbox.events o
                where o.routed_at < @unheardBefore
                  and not exists (
                    select from sandbox.deliveries d
                    where d.tenant_id = o.tenant_id and d.event_id = o.id and (d.finished_at is null or d.finished_at >= @deliveredBefore))
                limit @batchMax
            ) old
            where e.tenant_id = old.tenant_id and e.id = old.id
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        for (var removed = 0; ;)
        {
            var some = await connection.ExecuteAsync(new CommandDefinition(
                sql,
                new { unheardBefore = unheardBefore.UtcDateTime, deliveredBefore = deliveredBefore.UtcDateTime, batchMax = BatchMax },
                cancellationToken: cancellationToken));
            removed += some;
            if (some < BatchMax) return removed;
        }
    }
}
