using System.Globalization;
using Dapper;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.History;

/// <summary>Reads the history of a tenant, as that tenant.</summary>
internal sealed class ExecutionStore(Db db)
{
    /// <summary>Values longer than this are left out of lists; the execution itself shows them.</summary>
    private const int ListedValueBytes = 16 * 1024;

    /// <summary>An id is made a moment before or after <c>created_at</c> is read from the clock.</summary>
    private static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(10);

    private const string Columns = """
        select e.id, e.tenant_id as TenantId, e.script_id as ScriptId, e.script_name as ScriptName, e.version, e.kind, e.status, e.code,
            e.error_message as ErrorMessage, e.error_line as ErrorLine, e.error_column as ErrorColumn, e.error_stack as ErrorStack, e.error_name as ErrorName,
            e.trigger_type as TriggerType, e.attempt, e.cause_kind as CauseKind, e.cause_id as CauseId,
            e.created_at as CreatedAt, e.started_at as StartedAt, e.finished_at as FinishedAt,
            e.queue_ms as QueueMs, e.queue_script_ms as QueueScriptMs, e.queue_tenant_ms as QueueTenantMs, e.queue_worker_ms as QueueWorkerMs,
            e.duration_ms as DurationMs, e.cpu_ms as CpuMs, e.memory_peak_bytes as MemoryPeakBytes, e.calls, e.labels, e.warnings, e.progress, e.note, e.idempotency_key as IdempotencyKey
        """;

    /// <summary>Null where this tenant has none of that id.</summary>
    public async Task<Execution?> GetAsync(Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        const string sql = Columns + """
            , p.trigger, p.input, p.output
            from sandbox.executions e
            left join sandbox.execution_payloads p on p.tenant_id = e.tenant_id and p.id = e.id and p.id = @id
            where e.tenant_id = @tenantId and e.id = @id
            """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var row = await transaction.Connection.QuerySingleOrDefaultAsync<ExecutionRow>(new CommandDefinition(sql, new { tenantId, id }, cancellationToken: cancellationToken));
        return row?.ToExecution();
    }

    /// <summary>Executions made since then, those aside that a quota refused.</summary>
    public async Task<int> CountSinceAsync(Guid tenantId, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        return await transaction.Connection.ExecuteScalarAsync<int>(new CommandDefinition(
            "select count(*)::int from sandbox.executions where tenant_id = @tenantId and id >= @floor and code is distinct from 'QUOTA_EXCEEDED'",
            new { tenantId, floor = UuidV7.Floor(since) },
            cancellationToken: cancellationToken));
    }

    /// <summary>Newest first.</summary>
    public async Task<Page<Execution>> ListAsync(Guid tenantId, ExecutionFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var before = page.Cursor is null ? (Guid?)null : Cursor.ReadId(page.Cursor);
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var scripts = await ScriptsAsync(transaction, tenantId, filter.Script, cancellationToken);
        if (scripts is { Length: 0 })
            return new Page<Execution>([], null);

        var limit = Math.Clamp(page.Limit, 1, 200);
        var rows = (await transaction.Connection.QueryAsync<ExecutionRow>(new CommandDefinition(
            ListStatement(filter, scripts, before), ListParameters(tenantId, filter, scripts, before, limit), cancellationToken: cancellationToken))).AsList();
        var items = rows.Take(limit).Select(row => row.ToExecution()).ToArray();
        return new Page<Execution>(items, rows.Count > limit ? Cursor.Of(items[^1].Id) : null);
    }

    /// <summary>The newest in little, one more than an outline has.</summary>
    public async Task<IReadOnlyList<ExecutionMark>> OutlineAsync(Guid tenantId, ExecutionFilter filter, CancellationToken cancellationToken)
    {
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var scripts = await ScriptsAsync(transaction, tenantId, filter.Script, cancellationToken);
        if (scripts is { Length: 0 })
            return [];

        var sql = "select e.id, e.status, e.created_at, e.duration_ms from sandbox.executions e where " + Conditions(filter, scripts, null) + " order by e.id desc limit @take";
        var rows = await transaction.Connection.QueryAsync<(Guid Id, string Status, DateTime At, double? Ms)>(new CommandDefinition(
            sql, ListParameters(tenantId, filter, scripts, null, ExecutionOutline.Most), cancellationToken: cancellationToken));
        return [.. rows.Select(row => new ExecutionMark(row.Id, EnumText<ExecutionStatus>.Parse(row.Status), new DateTimeOffset(row.At), row.Ms))];
    }

    /// <summary>Null where there is no such execution. The cursor of the next page is the last line's number.</summary>
    public async Task<Page<LogLine>?> LogsAsync(Guid tenantId, Guid id, int afterSeq, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            select l.messages, l.lines
            from sandbox.executions e
            left join sandbox.execution_logs l on l.tenant_id = e.tenant_id and l.id = e.id and l.id = @id
            where e.tenant_id = @tenantId and e.id = @id
            """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var found = (await transaction.Connection.QueryAsync<(string? Messages, string? Lines)>(
            new CommandDefinition(sql, new { tenantId, id }, cancellationToken: cancellationToken))).AsList();
        if (found.Count == 0)
            return null;
        if (found[0].Lines is not { } lines)
            return new Page<LogLine>([], null);

        var all = HistoryRows.Logs(found[0].Messages!, lines);
        var items = all.Skip(Math.Max(0, afterSeq)).Take(Math.Clamp(limit, 1, 1_000)).ToArray();
        return new Page<LogLine>(items, items.Length > 0 && items[^1].Seq < all.Count ? items[^1].Seq.ToString() : null);
    }

    /// <summary>Null where there is no such execution.</summary>
    public async Task<Page<CallEntry>?> CallsAsync(Guid tenantId, Guid id, PageRequest page, CancellationToken cancellationToken)
    {
        const string sql = """
            select c.calls
            from sandbox.executions e
            left join sandbox.execution_calls c on c.tenant_id = e.tenant_id and c.id = e.id and c.id = @id
            where e.tenant_id = @tenantId and e.id = @id
            """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var found = (await transaction.Connection.QueryAsync<string?>(
            new CommandDefinition(sql, new { tenantId, id }, cancellationToken: cancellationToken))).AsList();
        return found.Count == 0 ? null : CallRows.Page(found[0] is { } calls ? CallRows.Read(calls) : [], page);
    }

    /// <summary>Of one piece of work, those of them that did not complete at once.</summary>
    public Task<IReadOnlyList<RelatedExecution>> AttemptsAsync(Guid tenantId, Guid scriptId, string key, CancellationToken cancellationToken) => RelatedAsync(
        """
        where e.tenant_id = @tenantId and e.idempotency_key = @key and (e.attempt > 1 or e.status <> 'completed') and e.script_id = @scriptId
        order by e.attempt, e.id
        limit 100
        """,
        tenantId,
        new { tenantId, scriptId, key = StoredText.Encode(key) },
        cancellationToken);

    /// <summary>What an execution started, and what replays it, the newest first.</summary>
    public Task<IReadOnlyList<RelatedExecution>> EffectsAsync(Guid tenantId, Guid id, CancellationToken cancellationToken) => RelatedAsync(
        """
        where e.tenant_id = @tenantId and e.cause_id = @cause and e.cause_kind in ('execution', 'replay')
        order by e.id desc
        limit 50
        """,
        tenantId,
        new { tenantId, cause = id.ToString() },
        cancellationToken);

    private async Task<IReadOnlyList<RelatedExecution>> RelatedAsync(string where, Guid tenantId, object parameters, CancellationToken cancellationToken)
    {
        const string columns = """
            select e.id, e.script_name, e.attempt, e.cause_kind, e.status, e.code, e.created_at, e.duration_ms from sandbox.executions e

            """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var rows = await transaction.Connection.QueryAsync<(Guid Id, string Script, int Attempt, string Cause, string Status, string? Code, DateTime At, double? Ms)>(
            new CommandDefinition(columns + where, parameters, cancellationToken: cancellationToken));
        return
        [
            .. rows.Select(row => new RelatedExecution(
                row.Id, row.Script, row.Attempt, StoredText.Decode(row.Cause)!, EnumText<ExecutionStatus>.Parse(row.Status), row.Code, new DateTimeOffset(row.At), row.Ms)),
        ];
    }

    internal static string ListStatement(ExecutionFilter filter, Guid[]? scripts, Guid? before) => Columns + """
        , case when octet_length(p.trigger::text) <= @listed then p.trigger end as Trigger
        , case when octet_length(p.input::text) <= @listed then p.input end as Input
        , case when octet_length(p.output::text) <= @listed then p.output end as Output
        from (select * from sandbox.executions e where 
        """ + Conditions(filter, scripts, before) + """
         order by e.id desc limit @take) e
        left join lateral (
            -- The limit keeps it one look-up per listed row, whatever the planner thinks of joining whole days.
            select p.trigger, p.input, p.output from sandbox.execution_payloads p where p.tenant_id = @tenantId and p.id = e.id limit 1) p on true
        order by e.id desc
        """;

    internal static object ListParameters(Guid tenantId, ExecutionFilter filter, Guid[]? scripts, Guid? before, int limit) => new
    {
        tenantId,
        before,
        script = scripts?[0],
        scripts,
        kind = EnumText<ScriptKind>.Of(filter.Kind),
        status = EnumText<ExecutionStatus>.Of(filter.Status),
        trigger = EnumText<TriggerType>.Of(filter.Trigger),
        code = filter.Code is null ? null : StoredText.Encode(filter.Code),
        from = filter.From?.UtcDateTime,
        fromId = filter.From is { } from ? UuidV7.Floor(Shift(from, -ClockSlack)) : (Guid?)null,
        to = filter.To?.UtcDateTime,
        toId = filter.To is { } to ? UuidV7.Floor(Shift(to, ClockSlack)) : (Guid?)null,
        durationMin = filter.DurationMsMin,
        durationMax = filter.DurationMsMax,
        text = filter.Text is { } text ? Pattern(text) : null,
        labels = filter.Labels.Select(label => LabelKey.Of(label.Key, label.Value)).ToArray(),
        listed = ListedValueBytes,
        take = limit + 1,
    };

    /// <summary>A caller may name the first and the last moment there is.</summary>
    private static DateTimeOffset Shift(DateTimeOffset time, TimeSpan by) =>
        new(Math.Clamp(time.UtcTicks + by.Ticks, DateTimeOffset.MinValue.Ticks, DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero);

    /// <summary>Null: any. Deleted scripts are found by their name too.</summary>
    private static async Task<Guid[]?> ScriptsAsync(TenantTransaction transaction, Guid tenantId, string? script, CancellationToken cancellationToken)
    {
        if (script is null)
            return null;
        if (Guid.TryParse(script, out var id))
            return [id];
        if (script.Contains('\0'))
            return [];
        const string sql = "select id from sandbox.scripts where tenant_id = @tenantId and name = @script";
        return [.. await transaction.Connection.QueryAsync<Guid>(new CommandDefinition(sql, new { tenantId, script }, cancellationToken: cancellationToken))];
    }

    /// <summary>Constant pieces: whatever a caller says is a parameter.</summary>
    private static string Conditions(ExecutionFilter filter, Guid[]? scripts, Guid? before)
    {
        List<string> conditions = ["e.tenant_id = @tenantId"];
        Add(before is not null, "e.id < @before");
        // "= any" gives up the index's order, so the usual case does without.
        Add(scripts is { Length: 1 }, "e.script_id = @script");
        Add(scripts is { Length: > 1 }, "e.script_id = any(@scripts)");
        Add(filter.Kind is not null, "e.kind = @kind");
        Add(filter.Status is not null, "e.status = @status");
        Add(filter.Status is not null and not ExecutionStatus.Completed, "e.status <> 'completed'");
        Add(filter.Trigger is not null, "e.trigger_type = @trigger");
        Add(filter.Code is not null, "e.code = @code and e.code is not null");
        Add(filter.From is not null, "e.id >= @fromId and e.created_at >= @from");
        Add(filter.To is not null, "e.id < @toId and e.created_at < @to");
        Add(filter.DurationMsMin is not null, "e.duration_ms >= @durationMin");
        Add(filter.DurationMsMax is not null, "e.duration_ms <= @durationMax");
        // The hits of the range first: a search per row would look at every execution of the tenant.
        Add(filter.Text is not null, """
            e.id in (
                select l.id from sandbox.execution_logs l where l.tenant_id = @tenantId and l.messages ilike @text
            """ + Range("l.id") + """

                union all
                select f.id from sandbox.executions f where f.tenant_id = @tenantId and f.status <> 'completed' and f.error_message ilike @text
            """ + Range("f.id") + ")");
        // One look-up per label, so that the planner may begin with a rare one, or follow the order of the list where all have it.
        for (var n = 1; n <= filter.Labels.Count; n++)
            Add(true, """
                exists (
                    select from sandbox.execution_labels l where l.tenant_id = @tenantId and l.id = e.id and l.label = @labels[
                """ + n.ToString(CultureInfo.InvariantCulture) + "]" + Range("l.id") + ")");
        return string.Join(" and ", conditions);

        string Range(string id) =>
            (before is null ? "" : $" and {id} < @before") + (filter.From is null ? "" : $" and {id} >= @fromId") + (filter.To is null ? "" : $" and {id} < @toId");

        void Add(bool wanted, string condition)
        {
            if (wanted)
                conditions.Add(condition);
        }
    }

    private static string Pattern(string text) =>
        "%" + StoredText.Encode(text)!.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + "%";
}
