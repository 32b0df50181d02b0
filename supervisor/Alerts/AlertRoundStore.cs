using Dapper;
using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Alerts;

/// <summary>The statements of a round: of all tenants, as the system.</summary>
internal sealed class AlertRoundStore(Db db)
{
    /// <summary>Signals of one round.</summary>
    public const int SignalsMax = 2_000;

    /// <summary>Standing trouble of one condition that is looked at.</summary>
    private const int StandingMax = 5_000;

    /// <summary>Held work and dead letters are counted so far.</summary>
    private const int CountedMax = 10_000;

    public async Task<AlertRound?> BeginAsync(CancellationToken cancellationToken)
    {
        var connection = await db.System.OpenConnectionAsync(cancellationToken);
        try
        {
            var round = new AlertRound(connection, await connection.BeginTransactionAsync(cancellationToken));
            // One node at a time decides.
            if (await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                "select pg_try_advisory_xact_lock(hashtextextended('sandbox alerts', 0))", transaction: round.Transaction, cancellationToken: cancellationToken))) return round;
            await round.DisposeAsync();
            return null;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The oldest signals, in their order. They are gone once the round is committed.</summary>
    public static async Task<IReadOnlyList<Signal>> TakeAsync(AlertRound round, CancellationToken cancellationToken)
    {
        const string sql = """
            with taken as (
                delete from sandbox.alert_signals
                where id in (select id from sandbox.alert_signals order by id limit @max)
                returning *)
            select tenant_id as TenantId, script_id as ScriptId, script_name as ScriptName, kind, succeeded, failures, failures_after as FailuresAfter, missed,
                execution_id as ExecutionId, code, message, at
            from taken order by id
            """;
        var rows = await QueryAsync<SignalRow>(round, sql, new { max = SignalsMax }, cancellationToken);
        return [.. rows.Select(row => row.ToSignal())];
    }

    /// <summary>Due times that wait although nothing holds their script, scripts that paused themselves, and open dead letters.</summary>
    public static async Task<IReadOnlyList<Standing>> StandingAsync(AlertRound round, DateTimeOffset lateBefore, CancellationToken cancellationToken)
    {
        const string late = """
            select o.tenant_id as TenantId, o.script_id as ScriptId, s.name as ScriptName, s.kind, 'late' as Condition, count(*) as Count, min(o.due_at) as Since,
                'due at ' || to_char(min(o.due_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"') || ', and it has not started' as Message, false as HoldsWork
            from sandbox.occurrences o
            join sandbox.queue q on q.tenant_id = o.tenant_id and q.execution_id = o.execution_id and q.node_id is null and q.attempt = 1 and q.cause_kind = 'schedule'
            join sandbox.scripts s on s.tenant_id = o.tenant_id and s.id = o.script_id and not s.paused
            join sandbox.tenants t on t.id = o.tenant_id and not t.suspended
            where o.status = 'queued' and o.due_at < @lateBefore
            group by o.tenant_id, o.script_id, s.name, s.kind
            limit @max
            """;
        const string paused = """
            select s.tenant_id as TenantId, s.id as ScriptId, s.name as ScriptName, s.kind, 'paused' as Condition, 1 as Count, s.updated_at as Since,
                s.paused_reason || case when h.held > 0
                    then '; it holds ' || h.held || case when h.held = @counted then ' or more' else '' end || ' executions, the oldest since '
                        || to_char(h.oldest at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"')
                    else '' end as Message,
                h.held > 0 as HoldsWork
            from sandbox.scripts s
            cross join lateral (
                select count(*) as held, min(w.due_at) as oldest
                from (
                    select q.due_at from sandbox.queue q
                    where q.tenant_id = s.tenant_id and q.script_id = s.id and q.due_at <= clock_timestamp() and q.node_id is null
                    order by q.due_at limit @counted) w) h
            where s.paused_reason is not null and s.deleted_at is null
            limit @max
            """;
        const string dead = """
            select d.tenant_id as TenantId, d.script_id as ScriptId, s.name as ScriptName, s.kind, 'dead_letters' as Condition, d.count as Count, d.since as Since,
                null as Message, false as HoldsWork
            from (
                select r.tenant_id, d.script_id, least(count(*), @counted) as count, min(d.died_at) as since
                from (
                    select tenant_id, min(dead_letters) as least from sandbox.alert_rules
                    where enabled and 'dead_letters' = any (conditions) group by tenant_id) r
                join sandbox.dead_letters d on d.tenant_id = r.tenant_id and d.state = 'open'
                group by r.tenant_id, r.least, d.script_id
                having count(*) >= r.least) d
            join sandbox.scripts s on s.tenant_id = d.tenant_id and s.id = d.script_id and s.deleted_at is null
            limit @max
            """;
        var standing = new List<Standing>();
        foreach (var sql in (string[])[late, paused, dead])
        {
            var rows = await QueryAsync<StandingRow>(round, sql, new { lateBefore = lateBefore.UtcDateTime, counted = CountedMax, max = StandingMax }, cancellationToken);
            standing.AddRange(rows.Select(row => row.ToStanding()));
        }

        return standing;
    }

    /// <summary>The least time after which a rule calls a due time late; null: no rule looks.</summary>
    public static async Task<TimeSpan?> LateAfterAsync(AlertRound round, CancellationToken cancellationToken)
    {
        var rows = await QueryAsync<int?>(round, "select min(late_after_s) from sandbox.alert_rules where enabled and 'late' = any (conditions)", new { }, cancellationToken);
        return rows.Single() is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>Tenants of alerts with something to tell, and where <paramref name="standing"/>, of those that stand.</summary>
    public static async Task<IReadOnlyList<Guid>> TenantsAsync(AlertRound round, bool standing, CancellationToken cancellationToken)
    {
        const string sql = """
            select tenant_id from sandbox.alerts where pending_since is not null
            union
            select tenant_id from sandbox.alerts where @standing and closed_at is null
            """;
        return await QueryAsync<Guid>(round, sql, new { standing }, cancellationToken);
    }

    public static async Task<IReadOnlyList<TenantRule>> RulesAsync(AlertRound round, Guid[] tenants, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select r.tenant_id as TenantId, t.slug as Tenant, r.quiet_until as QuietUntil, {AlertRuleRow.Columns}
            from sandbox.alert_rules r
            join sandbox.tenants t on t.id = r.tenant_id
            where r.tenant_id = any (@tenants) and r.enabled
            """;
        var rows = await QueryAsync<AlertRuleRow>(round, sql, new { tenants }, cancellationToken);
        return [.. rows.Select(row => row.ToTenantRule())];
    }

    /// <summary>Open ones, those with something to tell, and those that closed after <paramref name="closedAfter"/>.</summary>
    public static async Task<IReadOnlyList<TrackedAlert>> AlertsAsync(AlertRound round, Guid[] tenants, DateTimeOffset closedAfter, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {AlertRow.Columns}
            from sandbox.alerts a
            where a.tenant_id = any (@tenants) and (a.closed_at is null or a.pending_since is not null or a.closed_at > @closedAfter)
            """;
        var rows = await QueryAsync<AlertRow>(round, sql, new { tenants, closedAfter = closedAfter.UtcDateTime }, cancellationToken);
        return [.. rows.Select(row => row.ToTracked())];
    }

    public static async Task<IReadOnlyList<KeyValuePair<(Guid Tenant, Guid Script), int>>> WatchesAsync(AlertRound round, IReadOnlyList<Signal> signals, CancellationToken cancellationToken)
    {
        const string sql = """
            select w.tenant_id, w.script_id, w.failures
            from sandbox.alert_watches w
            join unnest(@tenants, @scripts) as s (tenant_id, script_id) on s.tenant_id = w.tenant_id and s.script_id = w.script_id
            """;
        var scripts = signals.Select(signal => (signal.TenantId, signal.ScriptId)).Distinct().ToArray();
        var parameters = new { tenants = scripts.Select(script => script.TenantId).ToArray(), scripts = scripts.Select(script => script.ScriptId).ToArray() };
        var rows = await QueryAsync<(Guid Tenant, Guid Script, int Failures)>(round, sql, parameters, cancellationToken);
        return [.. rows.Select(row => KeyValuePair.Create((row.Tenant, row.Script), row.Failures))];
    }

    /// <summary>Writes down what a round decided.</summary>
    public static async Task WriteAsync(AlertRound round, AlertBook book, IReadOnlyList<(PlannedMessage Planned, AlertBody Body, string Json)> messages, CancellationToken cancellationToken)
    {
        var changed = book.Changed.ToArray();
        var rewatched = book.Rewatched.ToArray();
        await using var batch = new NpgsqlBatch(round.Connection, round.Transaction);
        if (changed.Length > 0) batch.BatchCommands.Add(AlertCommands.Alerts(changed));
        if (rewatched.Where(watch => watch.Failures is not null).ToArray() is { Length: > 0 } watched) batch.BatchCommands.Add(AlertCommands.Watch(watched));
        if (rewatched.Where(watch => watch.Failures is null).ToArray() is { Length: > 0 } unwatched) batch.BatchCommands.Add(AlertCommands.Unwatch(unwatched));
        if (messages.Count > 0)
        {
            batch.BatchCommands.Add(AlertCommands.Messages(messages));
            batch.BatchCommands.Add(AlertCommands.Deliveries([.. messages.SelectMany(message => message.Planned.Rule.Rule.Channels.Select(channel => (message.Planned, channel)))]));
            batch.BatchCommands.Add(AlertCommands.Quiet(messages));
        }

        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<List<T>> QueryAsync<T>(AlertRound round, string sql, object parameters, CancellationToken cancellationToken) =>
        (await round.Connection.QueryAsync<T>(new CommandDefinition(sql, parameters, round.Transaction, cancellationToken: cancellationToken))).AsList();

    private sealed class SignalRow
    {
        public required Guid TenantId { get; init; }
        public required Guid ScriptId { get; init; }
        public required string ScriptName { get; init; }
        public required string Kind { get; init; }
        public required bool Succeeded { get; init; }
        public required int Failures { get; init; }
        public required int FailuresAfter { get; init; }
        public required int Missed { get; init; }
        public Guid? ExecutionId { get; init; }
        public string? Code { get; init; }
        public string? Message { get; init; }
        public required DateTime At { get; init; }

        public Signal ToSignal() => new(
            TenantId, ScriptId, ScriptName, EnumText<ScriptKind>.Parse(Kind), Succeeded, Failures, FailuresAfter, Missed, ExecutionId, Code, StoredText.Decode(Message),
            new DateTimeOffset(At));
    }

    private sealed class StandingRow
    {
        public required Guid TenantId { get; init; }
        public required Guid ScriptId { get; init; }
        public required string ScriptName { get; init; }
        public required string Kind { get; init; }
        public required string Condition { get; init; }
        public required long Count { get; init; }
        public required DateTime Since { get; init; }
        public string? Message { get; init; }
        public required bool HoldsWork { get; init; }

        public Standing ToStanding() => new(
            TenantId, ScriptId, ScriptName, EnumText<ScriptKind>.Parse(Kind), EnumText<AlertCondition>.Parse(Condition), Count, new DateTimeOffset(Since), Message, HoldsWork);
    }
}
