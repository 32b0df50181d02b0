using System.Globalization;
using Dapper;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Schedules;

/// <summary>One tenant's schedules and occurrences, read as that tenant.</summary>
internal sealed class OccurrenceStore(Db db)
{
    private const string Columns = """
        select o.id, o.due_at as DueAt, o.status, o.why, o.execution_id as ExecutionId, o.outcome, o.missed, o.created_at as CreatedAt
        from sandbox.occurrences o

        """;

    /// <summary>Newest first.</summary>
    /// <exception cref="UnreadableCursorException">The cursor is none of this list.</exception>
    public async Task<Page<Occurrence>> ListAsync(
        Guid tenantId, Guid scriptId, OccurrenceFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        const string sql = Columns + """
            where o.tenant_id = @tenantId and o.script_id = @scriptId
              and (@status::text is null or o.status = @status)
              and (@from::timestamptz is null or o.due_at >= @from)
              and (@to::timestamptz is null or o.due_at < @to)
              and (@before::timestamptz is null or o.due_at < @before)
            order by o.due_at desc limit @take
            """;
        var before = page.Cursor is null ? (DateTime?)null : ReadTime(page.Cursor);
        var limit = Math.Clamp(page.Limit, 1, 200);
        var status = EnumText<OccurrenceStatus>.Of(filter.Status);
        var (from, to) = (filter.From?.UtcDateTime, filter.To?.UtcDateTime);
        var parameters = new { tenantId, scriptId, status, from, to, before, take = limit + 1 };
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var command = new CommandDefinition(sql, parameters, cancellationToken: cancellationToken);
        var rows = (await transaction.Connection.QueryAsync<Row>(command)).AsList();
        var items = rows.Take(limit).Select(row => row.ToOccurrence()).ToArray();
        return new Page<Occurrence>(items, rows.Count > limit ? After(items[^1]) : null);
    }

    /// <summary>Those of these due times that have a row.</summary>
    public async Task<IReadOnlyList<Occurrence>> AtAsync(
        Guid tenantId, Guid scriptId, IReadOnlyList<DateTimeOffset> times, CancellationToken cancellationToken)
    {
        const string sql = Columns + """
            where o.tenant_id = @tenantId and o.script_id = @scriptId and o.due_at = any(@times)
            order by o.due_at
            """;
        var parameters = new { tenantId, scriptId, times = times.Select(time => time.UtcDateTime).ToArray() };
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var command = new CommandDefinition(sql, parameters, cancellationToken: cancellationToken);
        var rows = await transaction.Connection.QueryAsync<Row>(command);
        return [.. rows.Select(row => row.ToOccurrence())];
    }

    /// <summary>Of schedules that are on.</summary>
    public async Task<IReadOnlyDictionary<Guid, DateTimeOffset>> NextAsync(Guid tenantId, Guid[] scripts, CancellationToken cancellationToken)
    {
        const string sql = """
            select c.script_id, c.next_at from sandbox.schedules c
            where c.tenant_id = @tenantId and c.script_id = any(@scripts) and c.enabled and c.next_at is not null
            """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var rows = await transaction.Connection.QueryAsync<(Guid Script, DateTime At)>(
            new CommandDefinition(sql, new { tenantId, scripts }, cancellationToken: cancellationToken));
        return rows.ToDictionary(row => row.Script, row => new DateTimeOffset(row.At));
    }

    /// <summary>Of scripts that take work, the soonest first.</summary>
    public async Task<IReadOnlyList<DueScript>> DueAsync(Guid tenantId, int most, CancellationToken cancellationToken)
    {
        const string sql = """
            select s.name, c.next_at
            from sandbox.schedules c
            join sandbox.scripts s on s.tenant_id = c.tenant_id and s.id = c.script_id
            where c.tenant_id = @tenantId and c.enabled and c.next_at is not null and s.enabled and not s.paused and s.deleted_at is null
            order by c.next_at, s.name
            limit @most
            """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var rows = await transaction.Connection.QueryAsync<(string Name, DateTime At)>(
            new CommandDefinition(sql, new { tenantId, most }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => new DueScript(row.Name, new DateTimeOffset(row.At)))];
    }

    /// <summary>Null where the script has no schedule.</summary>
    public async Task<ScheduleState?> StateAsync(Guid tenantId, Guid scriptId, CancellationToken cancellationToken)
    {
        const string sql = """
            select c.cron, c.timezone, c.enabled, c.since, c.next_at as NextAt
            from sandbox.schedules c where c.tenant_id = @tenantId and c.script_id = @scriptId
            """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var row = await transaction.Connection.QuerySingleOrDefaultAsync<StateRow>(
            new CommandDefinition(sql, new { tenantId, scriptId }, cancellationToken: cancellationToken));
        return row?.ToState();
    }

    private static string After(Occurrence last) => Cursor.Of(last.ScheduledFor.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));

    private static DateTime ReadTime(string cursor) =>
        DateTime.TryParseExact(Cursor.ReadKey(cursor), "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time)
        && time.Kind == DateTimeKind.Utc
            ? time
            : throw new UnreadableCursorException();

    private sealed class Row
    {
        public required Guid Id { get; init; }
        public required DateTime DueAt { get; init; }
        public required string Status { get; init; }
        public string? Why { get; init; }
        public Guid? ExecutionId { get; init; }
        public string? Outcome { get; init; }
        public required int Missed { get; init; }
        public required DateTime CreatedAt { get; init; }

        public Occurrence ToOccurrence() => new()
        {
            Id = Id,
            ScheduledFor = new DateTimeOffset(DueAt),
            Status = EnumText<OccurrenceStatus>.TryParse(Status) ?? throw new InvalidOperationException($"No status {Status}."),
            Why = StoredText.Decode(Why),
            ExecutionId = ExecutionId,
            Outcome = Outcome is null ? null : EnumText<ExecutionStatus>.TryParse(Outcome),
            Missed = Missed,
            CreatedAt = new DateTimeOffset(CreatedAt),
        };
    }

    private sealed class StateRow
    {
        public required string Cron { get; init; }
        public required string Timezone { get; init; }
        public required bool Enabled { get; init; }
        public required DateTime Since { get; init; }
        public DateTime? NextAt { get; init; }

        public ScheduleState ToState() =>
            new(Cron, Timezone, Enabled, new DateTimeOffset(Since), NextAt is { } next ? new DateTimeOffset(next) : null);
    }
}
