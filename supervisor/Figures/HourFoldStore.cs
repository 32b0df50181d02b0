using Dapper;
using Npgsql;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Figures;

/// <summary>Folds the executions of hours that are over into their figures. As the system.</summary>
internal sealed class HourFoldStore(Db db)
{
    /// <summary>Scripts of an hour among which the day's worst are looked for.</summary>
    public const int WorstKept = 8;

    /// <summary>Folds one stale hour; false: there is none. Nodes that come at once take different ones.</summary>
    /// <param name="before">Begin of the hour that runs: it and later ones stay stale.</param>
    /// <param name="cancellationToken">The supervisor stops.</param>
    public async Task<bool> FoldAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        const string take = """
            delete from sandbox.stale_hours s
            using (
                select o.tenant_id, o.hour from sandbox.stale_hours o
                where o.hour < @before
                order by o.hour desc
                limit 1
                for update skip locked) taken
            where s.tenant_id = taken.tenant_id and s.hour = taken.hour
            returning s.tenant_id, s.hour
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await connection.QuerySingleOrDefaultAsync<(Guid Tenant, DateTime Hour)?>(
                new CommandDefinition(take, new { before = before.UtcDateTime }, transaction, cancellationToken: cancellationToken)) is not { } taken) return false;
        await CountAsync(connection, transaction, taken.Tenant, taken.Hour, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Removes figures of hours before a time.</summary>
    public async Task SweepAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        const string sql = """
            delete from sandbox.tenant_hours where hour < @before;
            delete from sandbox.script_hours where hour < @before;
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { before = before.UtcDateTime }, cancellationToken: cancellationToken));
    }

    // Statements after the one that took the mark see every transaction that had marked the hour before.
    private static async Task CountAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Guid tenant, DateTime hour, CancellationToken cancellationToken)
    {
        const string sql = """
            delete from sandbox.script_hours where tenant_id = @tenant and hour = @hour;
            delete from sandbox.tenant_hours where tenant_id = @tenant and hour = @hour;
            insert into sandbox.script_hours (
                tenant_id, script_id, hour, version, completed, failed, timed_out, cancelled, ran_buckets, ran_counts)
            select @tenant, c.script_id, @hour, c.version, c.completed, c.failed, c.timed_out, c.cancelled, c.ran_buckets, c.ran_counts
            from sandbox.count_scripts(@tenant, @hour) c;
            with mine as materialized (
                select * from sandbox.script_hours h where h.tenant_id = @tenant and h.hour = @hour
            ), ran as (
                select b.bucket, sum(b.n)::integer as n
                from mine m
                cross join lateral unnest(m.ran_buckets, m.ran_counts) as b (bucket, n)
                group by b.bucket
            ), waited as (
                select * from sandbox.count_waits(@tenant, @hour)
            ), scripts as (
                select m.script_id, sum(m.failed + m.timed_out) as failures, max(m.ran_buckets[cardinality(m.ran_buckets)]) as slowest
                from mine m
                group by m.script_id
            )
            insert into sandbox.tenant_hours (
                tenant_id, hour, completed, failed, timed_out, cancelled, ran_buckets, ran_counts, waited_buckets, waited_counts, failing, slowest)
            select @tenant, @hour, sum(m.completed), sum(m.failed), sum(m.timed_out), sum(m.cancelled),
                coalesce((select array_agg(r.bucket order by r.bucket) from ran r), '{}'),
                coalesce((select array_agg(r.n order by r.bucket) from ran r), '{}'),
                coalesce((select array_agg(w.bucket order by w.bucket) from waited w), '{}'),
                coalesce((select array_agg(w.n order by w.bucket) from waited w), '{}'),
                array(select s.script_id from scripts s where s.failures > 0 order by s.failures desc, s.script_id limit @worst),
                array(select s.script_id from scripts s where s.slowest is not null order by s.slowest desc, s.script_id limit @worst)
            from mine m
            having count(*) > 0;
            """;
        await connection.ExecuteAsync(new CommandDefinition(sql, new { tenant, hour, worst = WorstKept }, transaction, cancellationToken: cancellationToken));
    }
}
