using Dapper;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Figures;

/// <summary>Reads the figures of hours, as the tenant.</summary>
internal sealed class FigureStore(Db db)
{
    /// <summary>What is counted from the executions of a tenant themselves, in one view of them.</summary>
    /// <param name="tenantId">Whose they are.</param>
    /// <param name="hours">Begins of hours that are asked for.</param>
    /// <param name="current">Begin of the hour that runs.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<LiveFigures> LiveAsync(Guid tenantId, DateTime[] hours, DateTime current, CancellationToken cancellationToken)
    {
        const string live = """
            select a.hour
            from unnest(@hours) as a (hour)
            where a.hour >= @current
                or exists (select from sandbox.stale_hours s where s.tenant_id = @tenantId and s.hour = a.hour)
            """;
        const string scripts = """
            select a.hour as Hour, c.script_id as ScriptId, c.version as Version, c.completed as Completed, c.failed as Failed,
                c.timed_out as TimedOut, c.cancelled as Cancelled, c.ran_buckets as RanBuckets, c.ran_counts as RanCounts
            from unnest(@hours) as a (hour)
            cross join lateral sandbox.count_scripts(@tenantId, a.hour) c
            """;
        const string waited = """
            select c.bucket, sum(c.n)::integer
            from unnest(@hours) as a (hour)
            cross join lateral sandbox.count_waits(@tenantId, a.hour) c
            group by c.bucket
            order by c.bucket
            """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var connection = transaction.Connection;
        DateTime[] counted = [.. await connection.QueryAsync<DateTime>(new CommandDefinition(live, new { tenantId, hours, current }, cancellationToken: cancellationToken))];
        var parameters = new { tenantId, hours = counted };
        var rows = await connection.QueryAsync<ScriptHour>(new CommandDefinition(scripts, parameters, cancellationToken: cancellationToken));
        var waits = (await connection.QueryAsync<(short Bucket, int Count)>(new CommandDefinition(waited, parameters, cancellationToken: cancellationToken))).AsList();
        return new LiveFigures(current, counted, rows.AsList(), [.. waits.Select(wait => wait.Bucket)], [.. waits.Select(wait => wait.Count)]);
    }

    /// <summary>Of hours that are not stale.</summary>
    public async Task<IReadOnlyList<TenantHour>> TenantAsync(Guid tenantId, DateTime[] hours, CancellationToken cancellationToken)
    {
        const string sql = """
            select t.hour as Hour, t.completed as Completed, t.failed as Failed, t.timed_out as TimedOut, t.cancelled as Cancelled,
                t.ran_buckets as RanBuckets, t.ran_counts as RanCounts, t.waited_buckets as WaitedBuckets, t.waited_counts as WaitedCounts,
                t.failing as Failing, t.slowest as Slowest
            from sandbox.tenant_hours t
            where t.tenant_id = @tenantId and t.hour = any(@hours)
            """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        return (await transaction.Connection.QueryAsync<TenantHour>(
            new CommandDefinition(sql, new { tenantId, hours }, cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>Of some scripts and of hours that are not stale.</summary>
    /// <param name="tenantId">Whose they are.</param>
    /// <param name="scripts">Their ids.</param>
    /// <param name="since">Begin of the first hour.</param>
    /// <param name="without">Hours that are left out.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<ScriptHour>> ScriptsAsync(
        Guid tenantId, Guid[] scripts, DateTime since, DateTime[] without, CancellationToken cancellationToken)
    {
        const string sql = """
            select h.hour as Hour, h.script_id as ScriptId, h.version as Version, h.completed as Completed, h.failed as Failed,
                h.timed_out as TimedOut, h.cancelled as Cancelled, h.ran_buckets as RanBuckets, h.ran_counts as RanCounts
            from unnest(@scripts) as a (id)
            join sandbox.script_hours h on h.tenant_id = @tenantId and h.script_id = a.id and h.hour >= @since
            where h.hour <> all(@without)
            """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        return (await transaction.Connection.QueryAsync<ScriptHour>(
            new CommandDefinition(sql, new { tenantId, scripts, since, without }, cancellationToken: cancellationToken))).AsList();
    }
}
