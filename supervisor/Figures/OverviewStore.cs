using Dapper;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Figures;

/// <summary>Reads what pages show beside figures, as the tenant.</summary>
internal sealed class OverviewStore(Db db)
{
    // One look at the newest row of each script: the limit keeps it a descent of the index in the newest day that has one.
    internal const string SelectLast = """
        select l.script_id as ScriptId, l.id as Id, l.status as Status, l.created_at as At
        from unnest(@scripts) as asked (id)
        cross join lateral (
            select e.script_id, e.id, e.status, e.created_at
            from sandbox.executions e
            where e.tenant_id = @tenantId and e.script_id = asked.id and e.id >= @floor
            order by e.id desc
            limit 1) l
        """;

    public async Task<IReadOnlyDictionary<Guid, (string Name, int TimeoutMs)>> ScriptsAsync(Guid tenantId, Guid[] scripts, CancellationToken cancellationToken)
    {
        const string sql = "select id, name, timeout_ms as TimeoutMs from sandbox.scripts where tenant_id = @tenantId and id = any(@scripts)";
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var rows = await transaction.Connection.QueryAsync<(Guid Id, string Name, int TimeoutMs)>(
            new CommandDefinition(sql, new { tenantId, scripts }, cancellationToken: cancellationToken));
        return rows.ToDictionary(row => row.Id, row => (row.Name, row.TimeoutMs));
    }

    /// <summary>Each counted no further than <see cref="OpenTrouble.Most"/>: every page asks.</summary>
    public async Task<OpenTrouble> OpenAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        const string sql = """
            select
                (select count(*)::integer from (select from sandbox.error_groups g where g.tenant_id = @tenantId and g.state = 'open' limit @most) e) as Errors,
                (select count(*)::integer from (select from sandbox.dead_letters d where d.tenant_id = @tenantId and d.state = 'open' limit @most) l) as DeadLetters
            """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        return await transaction.Connection.QuerySingleAsync<OpenTrouble>(
            new CommandDefinition(sql, new { tenantId, most = OpenTrouble.Most }, cancellationToken: cancellationToken));
    }

    /// <summary>The last changed first.</summary>
    public async Task<IReadOnlyList<PausedScript>> PausedAsync(Guid tenantId, int most, CancellationToken cancellationToken)
    {
        const string sql = """
            select s.name as Name, s.paused_reason as Reason, s.updated_at as At
            from sandbox.scripts s
            where s.tenant_id = @tenantId and s.paused and s.enabled and s.deleted_at is null
            order by s.updated_at desc
            limit @most
            """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var rows = await transaction.Connection.QueryAsync<(string Name, string? Reason, DateTime At)>(
            new CommandDefinition(sql, new { tenantId, most }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => new PausedScript(row.Name, StoredText.Decode(row.Reason), new DateTimeOffset(row.At)))];
    }

    /// <summary>The last missed first. One range of the occurrences' key per schedule.</summary>
    public async Task<IReadOnlyList<MissedSchedule>> MissedAsync(Guid tenantId, DateTimeOffset since, int most, CancellationToken cancellationToken)
    {
        const string sql = """
            select s.name as Name, m.n as Count, m.last_at as LastAt
            from sandbox.scripts s
            cross join lateral (
                select count(*)::integer as n, max(o.due_at) as last_at
                from sandbox.occurrences o
                where o.tenant_id = @tenantId and o.script_id = s.id and o.due_at >= @since and o.status = 'missed') m
            where s.tenant_id = @tenantId and s.kind = 'scheduled' and s.deleted_at is null and m.n > 0
            order by m.last_at desc
            limit @most
            """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var rows = await transaction.Connection.QueryAsync<(string Name, int Count, DateTime LastAt)>(
            new CommandDefinition(sql, new { tenantId, since = since.UtcDateTime, most }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => new MissedSchedule(row.Name, row.Count, new DateTimeOffset(row.LastAt)))];
    }

    public async Task<IReadOnlyDictionary<Guid, LastOutcome>> LastAsync(
        Guid tenantId, Guid[] scripts, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var rows = await transaction.Connection.QueryAsync<(Guid ScriptId, Guid Id, string Status, DateTime At)>(
            new CommandDefinition(SelectLast, new { tenantId, scripts, floor = UuidV7.Floor(since) }, cancellationToken: cancellationToken));
        return rows.ToDictionary(row => row.ScriptId, row => new LastOutcome(row.Id, EnumText<ExecutionStatus>.Parse(row.Status), new DateTimeOffset(row.At)));
    }
}
