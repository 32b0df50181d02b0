using System.Globalization;
using Dapper;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Errors;

/// <summary>Groups of failures of a tenant, read and judged as that tenant.</summary>
internal sealed class ErrorStore(Db db)
{
    private const string Columns = """
        g.id, g.script_id as ScriptId, g.script_name as ScriptName, g.code, g.message, g.sample, g.name, g.line, g.function, g.failures,
            g.first_at as FirstAt, g.last_at as LastAt, g.first_version as FirstVersion, g.last_version as LastVersion, g.versions,
            g.last_execution_id as LastExecutionId, g.state, g.resolved_version as ResolvedVersion, g.regressed_at as RegressedAt,
            g.ignored_until as IgnoredUntil, g.updated_by as UpdatedBy
        """;

    /// <summary>The last seen first. A group that is seen again meanwhile moves to the first page.</summary>
    /// <exception cref="UnreadableCursorException">The cursor is none of this list.</exception>
    public async Task<Page<ErrorRow>> ListAsync(Guid tenantId, ErrorFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        const string sql = "select " + Columns + """

            from sandbox.error_groups g
            where g.tenant_id = @tenantId
              and (@scriptId::uuid is null or g.script_id = @scriptId)
              and (@scriptName::text is null or g.script_id in (
                select s.id from sandbox.scripts s where s.tenant_id = @tenantId and s.name = @scriptName))
              and (@code::text is null or g.code = @code)
              and (@state::text is null or g.state = @state)
              and (@version::integer is null or @version = any(g.versions))
              and (@from::timestamptz is null or g.last_at >= @from)
              and (@to::timestamptz is null or g.last_at < @to)
              and (@text::text is null or strpos(lower(g.message), lower(@text)) > 0 or strpos(lower(g.sample), lower(@text)) > 0)
              and (@beforeAt::timestamptz is null or (g.last_at, g.id) < (@beforeAt, @beforeId))
            order by g.last_at desc, g.id desc
            limit @take
            """;
        var isId = Guid.TryParse(filter.Script, out var scriptId);
        var before = page.Cursor is null ? ((DateTime At, Guid Id)?)null : Read(page.Cursor);
        var limit = Math.Clamp(page.Limit, 1, 200);
        var parameters = new
        {
            tenantId,
            scriptId = isId ? scriptId : (Guid?)null,
            scriptName = isId ? null : StoredText.Encode(filter.Script),
            code = StoredText.Encode(filter.Code),
            state = EnumText<ErrorState>.Of(filter.State),
            version = filter.Version,
            from = filter.From?.UtcDateTime,
            to = filter.To?.UtcDateTime,
            text = StoredText.Encode(filter.Text),
            beforeAt = before?.At,
            beforeId = before?.Id,
            take = limit + 1,
        };
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var rows = (await transaction.Connection.QueryAsync<ErrorRow>(
            new CommandDefinition(sql, parameters, cancellationToken: cancellationToken))).AsList();
        var items = rows.Take(limit).ToArray();
        return new Page<ErrorRow>(items, rows.Count > limit ? After(items[^1]) : null);
    }

    public async Task<ErrorRow?> GetAsync(Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        const string sql = "select " + Columns + " from sandbox.error_groups g where g.tenant_id = @tenantId and g.id = @id";
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        return await transaction.Connection.QuerySingleOrDefaultAsync<ErrorRow>(
            new CommandDefinition(sql, new { tenantId, id }, cancellationToken: cancellationToken));
    }

    /// <summary>The hours since then that have failures, by their begin.</summary>
    public async Task<IReadOnlyDictionary<DateTime, long>> HoursAsync(
        Guid tenantId, Guid id, DateTimeOffset since, CancellationToken cancellationToken)
    {
        const string sql = """
            select h.hour, h.failures from sandbox.error_hours h
            where h.tenant_id = @tenantId and h.group_id = @id and h.hour >= @since
            """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var hours = await transaction.Connection.QueryAsync<(DateTime Hour, long Failures)>(
            new CommandDefinition(sql, new { tenantId, id, since = since.UtcDateTime }, cancellationToken: cancellationToken));
        return hours.ToDictionary(hour => hour.Hour, hour => hour.Failures);
    }

    /// <summary>Null where there is no such group. Of a script that is gone, the version seen last stands for the live one.</summary>
    /// <param name="version">Null: the live one.</param>
    public Task<ErrorRow?> ResolveAsync(Guid tenantId, Guid id, int? version, string by, CancellationToken cancellationToken)
    {
        const string sql = """
            update sandbox.error_groups g
            set state = 'resolved', regressed_at = null, ignored_until = null, updated_by = @by,
                resolved_version = coalesce(
                    @version::integer,
                    (
                        select s.version from sandbox.scripts s
                        where s.tenant_id = g.tenant_id and s.id = g.script_id and s.deleted_at is null),
                    g.last_version)
            where g.tenant_id = @tenantId and g.id = @id
            returning
            """ + " " + Columns;
        return UpdateAsync(tenantId, sql, new { tenantId, id, version, by = StoredText.Encode(by) }, cancellationToken);
    }

    /// <inheritdoc cref="ResolveAsync"/>
    /// <param name="until">Null: for ever.</param>
    public Task<ErrorRow?> IgnoreAsync(Guid tenantId, Guid id, DateTimeOffset? until, string by, CancellationToken cancellationToken)
    {
        const string sql = """
            update sandbox.error_groups g
            set state = 'ignored', ignored_until = @until, updated_by = @by
            where g.tenant_id = @tenantId and g.id = @id
            returning
            """ + " " + Columns;
        return UpdateAsync(tenantId, sql, new { tenantId, id, until = until?.UtcDateTime, by = StoredText.Encode(by) }, cancellationToken);
    }

    /// <inheritdoc cref="ResolveAsync"/>
    public Task<ErrorRow?> ReopenAsync(Guid tenantId, Guid id, string by, CancellationToken cancellationToken)
    {
        const string sql = """
            update sandbox.error_groups g
            set state = 'open', ignored_until = null, updated_by = @by
            where g.tenant_id = @tenantId and g.id = @id
            returning
            """ + " " + Columns;
        return UpdateAsync(tenantId, sql, new { tenantId, id, by = StoredText.Encode(by) }, cancellationToken);
    }

    private async Task<ErrorRow?> UpdateAsync(Guid tenantId, string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var row = await transaction.Connection.QuerySingleOrDefaultAsync<ErrorRow>(
            new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return row;
    }

    private static string After(ErrorRow row) => Cursor.Of(string.Create(CultureInfo.InvariantCulture, $"{row.LastAt.Ticks} {row.Id}"));

    private static (DateTime At, Guid Id) Read(string cursor) =>
        Cursor.ReadKey(cursor).Split(' ') is [var at, var id]
            && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks
            && Guid.TryParse(id, out var read)
            ? (new DateTime(ticks, DateTimeKind.Utc), read)
            : throw new UnreadableCursorException();
}
