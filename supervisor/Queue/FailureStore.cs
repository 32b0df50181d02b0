using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Queue;

/// <summary>Counts failures in a row within the transaction that settles them, and pauses scripts that have too many.</summary>
internal sealed class FailureStore(IOptions<QueueOptions> options, ILogger<FailureStore> logger)
{
    // One statement locks the rows in the order of their keys, so that two nodes cannot wait for each other. A success updates its row
    // rather than deletes it for the same reason.
    private const string Count = """
        with ended as materialized (
            select e.tenant_id, e.script_id, e.succeeded, e.failures
            from unnest($1, $2, $3, $4) as e (tenant_id, script_id, succeeded, failures)
        ), counted as (
            insert into sandbox.failures_in_a_row as f (tenant_id, script_id, failures)
            select e.tenant_id, e.script_id, e.failures
            from ended e
            join sandbox.scripts s on s.tenant_id = e.tenant_id and s.id = e.script_id and s.deleted_at is null
            where e.failures > 0
              or exists (
                select from sandbox.failures_in_a_row o
                where o.tenant_id = e.tenant_id and o.script_id = e.script_id and o.failures > 0)
            order by e.tenant_id, e.script_id
            on conflict (tenant_id, script_id) do update
            set failures = excluded.failures + case
                when (select e.succeeded from ended e where e.tenant_id = excluded.tenant_id and e.script_id = excluded.script_id) then 0
                else f.failures end
            returning f.tenant_id, f.script_id, f.failures
        )
        select c.script_id, c.failures
        from counted c
        join sandbox.scripts s on s.tenant_id = c.tenant_id and s.id = c.script_id
        where c.failures >= $5 and not s.paused
        """;

    private const string Pause = """
        update sandbox.scripts s
        set paused = true, paused_reason = p.reason, updated_at = greatest(clock_timestamp(), s.updated_at + interval '1 microsecond')
        from unnest($1, $2, $3) as p (tenant_id, script_id, reason)
        where s.tenant_id = p.tenant_id and s.id = p.script_id and not s.paused and s.deleted_at is null
        returning s.tenant_id, s.name
        """;

    /// <summary>The command that counts; its rows are for <see cref="FullAsync"/>. Null: there is nothing to count.</summary>
    public NpgsqlBatchCommand? Counting(IReadOnlyList<FailureStreak> streaks)
    {
        if (options.Value.FailuresInARow == 0 || streaks.Count == 0) return null;
        return new NpgsqlBatchCommand(Count)
        {
            Parameters =
            {
                QueueColumns.Of(NpgsqlDbType.Uuid, streaks, streak => streak.TenantId),
                QueueColumns.Of(NpgsqlDbType.Uuid, streaks, streak => streak.ScriptId),
                QueueColumns.Of(NpgsqlDbType.Boolean, streaks, streak => streak.Succeeded),
                QueueColumns.Of(NpgsqlDbType.Integer, streaks, streak => streak.Failures),
                new NpgsqlParameter<int> { TypedValue = options.Value.FailuresInARow },
            },
        };
    }

    /// <summary>The scripts to pause, with their failures.</summary>
    public static async Task<Dictionary<Guid, int>> FullAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var full = new Dictionary<Guid, int>();
        while (await reader.ReadAsync(cancellationToken)) full.Add(reader.GetGuid(0), reader.GetInt32(1));
        return full;
    }

    /// <summary>Takes the lock of the changes feed, which comes before any row (docs/decisions/0012-changes-feed.md).</summary>
    public static async Task LockChangesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('sandbox changes', 0))", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Pauses the scripts of <paramref name="full"/>.</summary>
    public async Task PauseAsync(
        NpgsqlConnection connection, IReadOnlyList<FailureStreak> streaks, Dictionary<Guid, int> full, CancellationToken cancellationToken)
    {
        FailureStreak[] paused = [.. streaks.Where(streak => full.ContainsKey(streak.ScriptId))];
        await using var command = new NpgsqlCommand(Pause, connection)
        {
            Parameters =
            {
                QueueColumns.Of(NpgsqlDbType.Uuid, paused, streak => streak.TenantId),
                QueueColumns.Of(NpgsqlDbType.Uuid, paused, streak => streak.ScriptId),
                QueueColumns.Of(NpgsqlDbType.Text, paused, streak => StoredText.Encode(streak.Reason(full[streak.ScriptId]))),
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            QueueLog.Paused(logger, reader.GetString(1), reader.GetGuid(0), options.Value.FailuresInARow);
    }
}
