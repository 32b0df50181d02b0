using Npgsql;
using NpgsqlTypes;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Errors;

/// <summary>
/// Counts failures in their groups, within the transaction that stores the executions. Every record policy keeps the message of a failure,
/// so a group has it too. Not Dapper: every parameter is a whole column.
/// </summary>
internal static class ErrorWriteStore
{
    /// <summary>A tenant with so many groups gets no new one until the next sweep. Concurrent batches may make a few more.</summary>
    public const int GroupsMax = 2_000;

    private const int SampleMax = 2_000;

    // Only rows that this very transaction inserted (xmin) are counted. A row of another transaction was counted there, and this batch
    // stores it again. The bounds name the days, so that no other day is looked at; the limit makes it one look-up per failure. Groups are
    // locked in the order of their key, and their hours under that lock, so that two nodes cannot wait for each other.
    private const string Count = """
        with failed as materialized (
            select f.tenant_id, f.id, f.group_id, f.fingerprint, f.message, f.function, f.sample,
                e.script_id, e.script_name, e.code, e.version, e.name, e.line, e.finished_at
            from unnest($1, $2, $3, $4, $5, $6, $7) as f (tenant_id, id, group_id, fingerprint, message, function, sample)
            cross join lateral (
                select x.script_id, x.script_name, x.code, x.version, x.error_name as name, x.error_line as line, x.finished_at
                from sandbox.executions x
                where x.tenant_id = f.tenant_id and x.id = f.id and x.id >= $8 and x.id <= $9 and x.xmin = pg_current_xact_id()::xid
                limit 1) e
        ), grouped as (
            select f.tenant_id, f.script_id, f.fingerprint, count(*) as failures, min(f.finished_at) as first_at,
                (array_agg(f.version order by f.finished_at, f.id))[1] as first_version,
                (array_agg(distinct f.version))[greatest(1, count(distinct f.version)::int - 19):] as versions
            from failed f
            group by f.tenant_id, f.script_id, f.fingerprint
        ), last as (
            select distinct on (f.tenant_id, f.script_id, f.fingerprint) f.*
            from failed f
            order by f.tenant_id, f.script_id, f.fingerprint, f.finished_at desc, f.id desc
        ), counted as (
            insert into sandbox.error_groups as g (
                tenant_id, id, script_id, script_name, fingerprint, code, message, sample, name, function, line, last_version,
                last_execution_id, last_at, first_version, first_at, failures, versions)
            select l.tenant_id, l.group_id, l.script_id, l.script_name, l.fingerprint, l.code, l.message, l.sample, l.name, l.function,
                l.line, l.version, l.id, l.finished_at, n.first_version, n.first_at, n.failures, n.versions
            from last l
            join grouped n using (tenant_id, script_id, fingerprint)
            where exists (
                    select from sandbox.error_groups o
                    where o.tenant_id = l.tenant_id and o.script_id = l.script_id and o.fingerprint = l.fingerprint)
                or (select count(*) from (select from sandbox.error_groups o where o.tenant_id = l.tenant_id limit $10) s) < $10
            order by l.tenant_id, l.script_id, l.fingerprint
            on conflict (tenant_id, script_id, fingerprint) do update set
                script_name = case when excluded.last_at >= g.last_at then excluded.script_name else g.script_name end,
                sample = case when excluded.last_at >= g.last_at then excluded.sample else g.sample end,
                name = case when excluded.last_at >= g.last_at then excluded.name else g.name end,
                function = case when excluded.last_at >= g.last_at then excluded.function else g.function end,
                line = case when excluded.last_at >= g.last_at then excluded.line else g.line end,
                last_version = case when excluded.last_at >= g.last_at then excluded.last_version else g.last_version end,
                last_execution_id = case when excluded.last_at >= g.last_at then excluded.last_execution_id else g.last_execution_id end,
                last_at = greatest(g.last_at, excluded.last_at),
                first_version = case when excluded.first_at < g.first_at then excluded.first_version else g.first_version end,
                first_at = least(g.first_at, excluded.first_at),
                failures = g.failures + excluded.failures,
                versions = case when g.versions @> excluded.versions then g.versions else (
                    select array_agg(kept.version order by kept.version)
                    from (
                        select distinct v.version from unnest(g.versions || excluded.versions) v (version)
                        order by v.version desc limit 20) kept) end,
                state = case
                    when g.state = 'resolved' and excluded.versions[cardinality(excluded.versions)] > g.resolved_version then 'open'
                    when g.state = 'ignored' and excluded.last_at >= g.ignored_until then 'open'
                    else g.state end,
                regressed_at = case
                    when g.state = 'resolved' and excluded.versions[cardinality(excluded.versions)] > g.resolved_version
                    then excluded.last_at
                    else g.regressed_at end,
                ignored_until = case when excluded.last_at >= g.ignored_until then null else g.ignored_until end
            returning g.tenant_id, g.id, g.script_id, g.fingerprint
        )
        insert into sandbox.error_hours as h (tenant_id, group_id, hour, failures)
        select c.tenant_id, c.id, date_trunc('hour', f.finished_at, 'UTC') as hour, count(*)
        from counted c
        join failed f using (tenant_id, script_id, fingerprint)
        group by c.tenant_id, c.id, hour
        order by c.tenant_id, c.id, hour
        on conflict (tenant_id, group_id, hour) do update set failures = h.failures + excluded.failures
        """;

    /// <summary>Adds to a transaction, behind what stores these executions, what counts those that failed.</summary>
    public static void Fill(NpgsqlBatch batch, IEnumerable<Execution> executions)
    {
        var failed = executions.Where(IsGrouped).DistinctBy(execution => (execution.TenantId, execution.Id)).ToArray();
        if (failed.Length == 0) return;
        var prints = Array.ConvertAll(failed, execution => ErrorFingerprint.Of(execution.Code!, execution.Error));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Count)
        {
            Parameters =
            {
                Column(NpgsqlDbType.Uuid, Array.ConvertAll(failed, execution => execution.TenantId)),
                Column(NpgsqlDbType.Uuid, Array.ConvertAll(failed, execution => execution.Id)),
                Column(NpgsqlDbType.Uuid, Array.ConvertAll(failed, _ => Guid.CreateVersion7())),
                Column(NpgsqlDbType.Bytea, Array.ConvertAll(prints, print => print.Hash)),
                Column(NpgsqlDbType.Text, Array.ConvertAll(prints, print => StoredText.Encode(print.Message))),
                Column(NpgsqlDbType.Text, Array.ConvertAll(prints, print => StoredText.Encode(print.Function))),
                Column(NpgsqlDbType.Text, Array.ConvertAll(failed, execution => StoredText.Encode(Sample(execution)))),
                new NpgsqlParameter<Guid> { TypedValue = failed.Min(execution => execution.Id) },
                new NpgsqlParameter<Guid> { TypedValue = failed.Max(execution => execution.Id) },
                new NpgsqlParameter<int> { TypedValue = GroupsMax },
            },
        });
    }

    /// <summary>
    /// What we ended ourselves, and what was refused before it began because there was too much of it, is no failure of the script.
    /// A dry run must change nothing, and whoever tries a source sees its failure himself.
    /// </summary>
    private static bool IsGrouped(Execution execution) =>
        execution.Status is ExecutionStatus.Failed or ExecutionStatus.Timeout
        && execution.Code is not (null or Codes.Interrupted)
        && execution.Cause.Kind is not ("dry_run" or "try")
        && !(execution.StartedAt is null && IsOfAdmission(execution.Code));

    private static bool IsOfAdmission(string code) =>
        code is Codes.RateLimit or Codes.QuotaExceeded or Codes.ConcurrencyLimit or Codes.Overloaded;

    private static string Sample(Execution execution) =>
        execution.Error?.Message is { } message ? message[..Math.Min(message.Length, SampleMax)] : "";

    private static NpgsqlParameter<T[]> Column<T>(NpgsqlDbType type, T[] values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };
}
