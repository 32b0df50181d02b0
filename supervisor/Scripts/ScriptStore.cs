using Dapper;
using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.HttpTriggers;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Scripts;

/// <summary>Scripts and their versions, as their tenant.</summary>
internal sealed class ScriptStore(Db db)
{
    private const string Columns = """
        select s.id, s.tenant_id as TenantId, s.name, s.title, s.description, s.kind, v.source, s.enabled, s.disabled_reason as DisabledReason,
            s.paused, s.paused_reason as PausedReason,
            v.api_version as ApiVersion, s.tags, v.input_schema as InputSchema, v.uses, s.record, s.trigger, s.retry,
            s.timeout_ms as TimeoutMs, s.memory_bytes as MemoryBytes, s.output_bytes as OutputBytes, s.concurrency, s.calls,
            s.version, s.version_id as VersionId, s.created_at as CreatedAt, s.updated_at as UpdatedAt
        from sandbox.scripts s
        join sandbox.script_versions v on v.tenant_id = s.tenant_id and v.script_id = s.id and v.version = s.version

        """;

    private const string VersionColumns = """
        select id, script_id as ScriptId, version, source, uses, input_schema as InputSchema, api_version as ApiVersion, created_by as CreatedBy,
            created_at as CreatedAt, message
        from sandbox.script_versions

        """;

    private const string InsertVersion = """
        insert into sandbox.script_versions (id, tenant_id, script_id, version, source, uses, input_schema, api_version, created_by, message)
        values (@versionId, @tenantId, @id, @version, @source, @uses::json, @inputSchema::json, @apiVersion, @createdBy, @message)
        """;

    /// <summary>By UUID or name: no name has the form of a UUID.</summary>
    public async Task<Script?> GetAsync(Guid tenantId, string idOrName, CancellationToken cancellationToken)
    {
        if (idOrName.Contains('\0'))
            return null;
        const string byId = Columns + "where s.tenant_id = @tenantId and s.id = @id and s.deleted_at is null";
        const string byName = Columns + "where s.tenant_id = @tenantId and s.name = @idOrName and s.deleted_at is null";
        var isId = Guid.TryParseExact(idOrName, "D", out var id);
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        return await OneAsync(transaction, isId ? byId : byName, new { tenantId, id, idOrName }, cancellationToken);
    }

    /// <summary>By name.</summary>
    public async Task<Page<Script>> ListAsync(Guid tenantId, ScriptFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var after = page.Cursor is null ? "" : Cursor.ReadKey(page.Cursor);
        const string sql = Columns + """
            where s.tenant_id = @tenantId and s.deleted_at is null and s.name > @after and (@kind::text is null or s.kind = @kind)
                and (@text::text is null or strpos(lower(s.name), lower(@text)) > 0 or strpos(lower(s.title), lower(@text)) > 0
                    or strpos(lower(s.description), lower(@text)) > 0)
                and (@state::text is null or @state = case when not s.enabled then 'disabled' when s.paused then 'paused' else 'live' end)
                and (@tag::text is null or @tag = any(s.tags))
            order by s.name limit @take
            """;
        var limit = Math.Clamp(page.Limit, 1, 200);
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var rows = (await transaction.Connection.QueryAsync<ScriptRow>(new CommandDefinition(
            sql,
            new
            {
                tenantId,
                after,
                kind = EnumText<ScriptKind>.Of(filter.Kind),
                text = StoredText.Encode(filter.Text),
                state = EnumText<ScriptState>.Of(filter.State),
                tag = StoredText.Encode(filter.Tag),
                take = limit + 1,
            },
            cancellationToken: cancellationToken))).AsList();
        var items = rows.Take(limit).Select(row => row.ToScript()).ToArray();
        return new Page<Script>(items, rows.Count > limit ? Cursor.Of(items[^1].Name) : null);
    }

    public async Task<ScriptCounts> CountAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        const string sql = """
            select s.kind, count(*)::integer, (count(*) filter (where s.enabled and not s.paused))::integer
            from sandbox.scripts s
            where s.tenant_id = @tenantId and s.deleted_at is null
            group by s.kind
            """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var rows = (await transaction.Connection.QueryAsync<(string Kind, int Count, int Live)>(
            new CommandDefinition(sql, new { tenantId }, cancellationToken: cancellationToken))).AsList();
        return new ScriptCounts(rows.Sum(row => row.Live), rows.ToDictionary(row => EnumText<ScriptKind>.Parse(row.Kind), row => row.Count));
    }

    /// <summary>With its first version, live. 409 where the name is taken.</summary>
    public Task<Result<Script>> CreateAsync(Script script, string createdBy, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into sandbox.scripts (
                id, tenant_id, name, title, description, kind, enabled, disabled_reason, paused, paused_reason, tags, record, trigger, retry,
                timeout_ms, memory_bytes, output_bytes, concurrency, calls, version, version_id)
            values (
                @id, @tenantId, @name, @title, @description, @kind, @enabled, @disabledReason, @paused, @pausedReason, @tags, @record, @trigger::json, @retry::json,
                @timeoutMs, @memoryBytes, @outputBytes, @concurrency, @calls, @version, @versionId)
            """;
        return WriteAsync(script, sql, ScriptRow.Parameters(script, createdBy), newVersion: true, cancellationToken);
    }

    /// <summary>
    /// Everything that can change; where <c>VersionId</c> is another than <paramref name="current"/>'s, a new version goes live.
    /// 412 where it is no longer as <paramref name="current"/> was read, 409 where the name is taken or the published draft changed, 404 where it is gone.
    /// </summary>
    public Task<Result<Script>> UpdateAsync(
        Script script, Script current, string createdBy, CancellationToken cancellationToken, Publication? publication = null)
    {
        const string sql = """
            update sandbox.scripts
            set name = @name, title = @title, description = @description, enabled = @enabled, disabled_reason = @disabledReason,
                paused = @paused, paused_reason = @pausedReason, tags = @tags, record = @record, trigger = @trigger::json, retry = @retry::json,
                timeout_ms = @timeoutMs, memory_bytes = @memoryBytes, output_bytes = @outputBytes, concurrency = @concurrency, calls = @calls,
                version = @version, version_id = @versionId,
                updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')
            where tenant_id = @tenantId and id = @id and deleted_at is null and updated_at = @expected
            """;
        return WriteAsync(
            script,
            sql,
            ScriptRow.Parameters(script, createdBy, current, publication?.Message),
            newVersion: script.VersionId != current.VersionId,
            cancellationToken,
            resumed: current.Paused && !script.Paused,
            publication);
    }

    /// <summary>Its versions and its history stay, its name and its routes are free, its schedule ends. False where there is none.</summary>
    public async Task<bool> DeleteAsync(Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        const string sql = """
            update sandbox.scripts
            set deleted_at = clock_timestamp(), updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')
            where tenant_id = @tenantId and id = @id and deleted_at is null
            """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var deleted = await transaction.Connection.ExecuteAsync(new CommandDefinition(sql, new { tenantId, id }, cancellationToken: cancellationToken)) == 1;
        await transaction.Connection.ExecuteAsync(new CommandDefinition("delete from sandbox.routes where tenant_id = @tenantId and script_id = @id", new { tenantId, id }, cancellationToken: cancellationToken));
        await ScheduleRowStore.DeleteAsync(transaction, tenantId, id, cancellationToken);
        await FailureRowStore.DeleteAsync(transaction, tenantId, id, cancellationToken);
        await DraftStore.DeleteAllAsync(transaction, tenantId, id, cancellationToken);
        await ExampleRowStore.DeleteAsync(transaction, tenantId, id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return deleted;
    }

    /// <summary>Newest first; of a deleted script too.</summary>
    public async Task<Page<ScriptVersion>> VersionsAsync(Guid tenantId, Guid scriptId, PageRequest page, CancellationToken cancellationToken)
    {
        var before = page.Cursor is null ? int.MaxValue : Cursor.ReadNumber(page.Cursor);
        const string sql = VersionColumns + "where tenant_id = @tenantId and script_id = @scriptId and version < @before order by version desc limit @take";
        var limit = Math.Clamp(page.Limit, 1, 200);
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var rows = (await transaction.Connection.QueryAsync<VersionRow>(new CommandDefinition(
            sql, new { tenantId, scriptId, before, take = limit + 1 }, cancellationToken: cancellationToken))).AsList();
        var items = rows.Take(limit).Select(row => row.ToVersion()).ToArray();
        return new Page<ScriptVersion>(items, rows.Count > limit ? Cursor.Of(items[^1].Version.ToString()) : null);
    }

    public async Task<ScriptVersion?> VersionAsync(Guid tenantId, Guid scriptId, int version, CancellationToken cancellationToken)
    {
        const string sql = VersionColumns + "where tenant_id = @tenantId and script_id = @scriptId and version = @version";
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var row = await transaction.Connection.QuerySingleOrDefaultAsync<VersionRow>(new CommandDefinition(sql, new { tenantId, scriptId, version }, cancellationToken: cancellationToken));
        return row?.ToVersion();
    }

    /// <summary>Work of the script that is due and waits, because the script is paused or busy.</summary>
    public async Task<HeldWork> HeldAsync(Guid tenantId, Guid scriptId, CancellationToken cancellationToken)
    {
        const string sql = """
            select count(*)::integer as Count, min(w.due_at) as OldestAt
            from (
                select q.due_at from sandbox.queue q
                where q.tenant_id = @tenantId and q.script_id = @scriptId and q.due_at <= clock_timestamp() and q.node_id is null
                order by q.due_at
                limit @most
            ) w
            """;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var (count, oldestAt) = await transaction.Connection.QuerySingleAsync<(int, DateTime?)>(
            new CommandDefinition(sql, new { tenantId, scriptId, most = HeldWork.CountMax }, cancellationToken: cancellationToken));
        return new HeldWork(count, oldestAt is { } at ? new DateTimeOffset(at) : null);
    }

    /// <summary>Whether nobody in the tenant makes a version live alone.</summary>
    public async Task<bool> NeedsSecondPersonAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        const string sql = "select publish_needs_second_person from sandbox.tenants where id = @tenantId";
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        return await transaction.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(sql, new { tenantId }, cancellationToken: cancellationToken));
    }

    private async Task<Result<Script>> WriteAsync(
        Script script, string sql, object parameters, bool newVersion, CancellationToken cancellationToken, bool resumed = false, Publication? publication = null)
    {
        var route = RouteKeys.Of(script);
        if (route is { Problem: { } unreadable }) return unreadable;
        if (!ScriptWarnings.IsReadable(script.Kind, script.Trigger)) return Problem.Invalid(new FieldError("trigger", "is one that this version cannot read; write another"));
        const string again = Columns + "where s.tenant_id = @tenantId and s.id = @id and s.deleted_at is null";
        await using var transaction = await db.TenantAsync(script.TenantId, cancellationToken);
        try
        {
            var written = await transaction.Connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
            if (written == 0)
            {
                return await OneAsync(transaction, again, new { script.TenantId, script.Id }, cancellationToken) is null
                    ? Problem.NotFound($"There is no script '{script.Name}' in this tenant.")
                    : new Problem(412, Codes.PreconditionFailed, $"The script '{script.Name}' has changed since it was read.");
            }

            if (newVersion)
                await transaction.Connection.ExecuteAsync(new CommandDefinition(InsertVersion, parameters, cancellationToken: cancellationToken));
            if (publication is not null && !await DraftStore.DeleteAsync(transaction, publication.Draft, cancellationToken))
                return new Problem(409, Codes.Conflict, "The draft was changed while it was published; look at what it is now.");
            if (await RouteProblemAsync(transaction, script, route?.Value, cancellationToken) is { } taken) return taken;
            await ScheduleRowStore.WriteAsync(transaction, script, cancellationToken);
            if (resumed) await FailureRowStore.DeleteAsync(transaction, script.TenantId, script.Id, cancellationToken);
            var stored = await OneAsync(transaction, again, new { script.TenantId, script.Id }, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return stored!;
        }
        catch (PostgresException e) when (e is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "scripts_name" })
        {
            return new Problem(409, Codes.Conflict, $"There is a script '{script.Name}' already.") { Errors = [new FieldError("name", "is taken")] };
        }
    }

    /// <summary>
    /// Takes the script's routes, and gives up those it no longer has. Null: they are its own. No one else takes one in between: the
    /// write of the script's row holds the lock of the changes feed (docs/decisions/0012-changes-feed.md), and the key decides in any case.
    /// </summary>
    private static async Task<Problem?> RouteProblemAsync(TenantTransaction transaction, Script script, RouteKeys? route, CancellationToken cancellationToken)
    {
        const string holder = """
            select s.name, r.template
            from sandbox.routes r
            join sandbox.scripts s on s.tenant_id = r.tenant_id and s.id = r.script_id
            where r.tenant_id = @tenantId and r.shape = @shape and r.method = any(@methods) and r.script_id <> @id
            limit 1
            """;
        const string write = """
            delete from sandbox.routes
            where tenant_id = @tenantId and script_id = @id and (@template is null or template <> @template or shape <> @shape or method <> all(@methods));
            insert into sandbox.routes (tenant_id, method, shape, script_id, template)
            select @tenantId, m, @shape, @id, @template from unnest(@methods) m
            where @template is not null and not exists (select from sandbox.routes r where r.tenant_id = @tenantId and r.script_id = @id and r.method = m)
            """;
        var parameters = new { script.TenantId, script.Id, template = route?.Template, shape = route?.Shape, methods = route?.Methods.ToArray() ?? [] };
        if (route is not null
            && await transaction.Connection.QueryFirstOrDefaultAsync<(string Script, string Template)?>(new CommandDefinition(holder, parameters, cancellationToken: cancellationToken)) is { } other)
        {
            return new Problem(409, Codes.Conflict, $"trigger.path: {route.Template} is the same route as {other.Template} of the script '{other.Script}', for the same method.")
            {
                Errors = [new FieldError("trigger.path", $"is taken by the script '{other.Script}'")],
            };
        }

        await transaction.Connection.ExecuteAsync(new CommandDefinition(write, parameters, cancellationToken: cancellationToken));
        return null;
    }

    private static async Task<Script?> OneAsync(TenantTransaction transaction, string sql, object parameters, CancellationToken cancellationToken) =>
        (await transaction.Connection.QuerySingleOrDefaultAsync<ScriptRow>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)))?.ToScript();

    private sealed class VersionRow
    {
        public required Guid Id { get; init; }
        public required Guid ScriptId { get; init; }
        public required int Version { get; init; }
        public required string Source { get; init; }
        public string? Uses { get; init; }
        public string? InputSchema { get; init; }
        public required int ApiVersion { get; init; }
        public required string CreatedBy { get; init; }
        public required DateTime CreatedAt { get; init; }
        public string? Message { get; init; }

        public ScriptVersion ToVersion() => new()
        {
            Id = Id,
            ScriptId = ScriptId,
            Version = Version,
            Source = StoredText.Decode(Source)!,
            Uses = Uses is null ? null : new RawJson(Uses),
            InputSchema = InputSchema is null ? null : new RawJson(InputSchema),
            ApiVersion = ApiVersion,
            CreatedBy = StoredText.Decode(CreatedBy)!,
            CreatedAt = new DateTimeOffset(CreatedAt),
            Message = StoredText.Decode(Message),
        };
    }
}
