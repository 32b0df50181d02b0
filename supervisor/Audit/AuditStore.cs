using Dapper;
using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Audit;

/// <summary>Entries are added and removed as the system, and read as the tenant that they are of.</summary>
internal sealed class AuditStore(Db db)
{
    private const string Columns = """
        select a.id, a.tenant_id as TenantId, a.at, a.actor_kind as ActorKind, a.actor_id as ActorId, a.actor_name as ActorName, a.action,
            a.target_kind as TargetKind, a.target_id as TargetId, a.target_name as TargetName, a.outcome, a.code, a.before, a.after,
            a.method, a.route, a.request_id as RequestId, a.remote_address as RemoteAddress, a.user_agent as UserAgent,
            a.execution_id as ExecutionId, a.repeated
        from sandbox.audit a

        """;

    private const string Filtered = """
          and (@actorId::uuid is null or a.actor_id = @actorId)
          and (@actor::text is null or a.actor_name = @actor)
          and (@action::text is null or a.action = @action)
          and (@prefix::text is null or starts_with(a.action, @prefix))
          and (@targetId::uuid is null or a.target_id = @targetId)
          and (@target::text is null or a.target_name = @target)
          and (@outcome::text is null or a.outcome = @outcome)
          and (@from::timestamptz is null or a.at >= @from)
          and (@to::timestamptz is null or a.at < @to)
          and (@beforeId::uuid is null or a.id < @beforeId)
        order by a.id desc
        limit @take
        """;

    public async Task InsertAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into sandbox.audit (
                id, tenant_id, at, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, outcome, code,
                before, after, method, route, request_id, remote_address, user_agent, execution_id, repeated)
            values (
                @Id, @TenantId, @at, @actorKind, @actorId, @actorName, @Action, @targetKind, @targetId, @targetName, @outcome, @Code,
                @before::json, @after::json, @Method, @Route, @requestId, @RemoteAddress, @userAgent, @ExecutionId, @Repeated)
            """;
        var parameters = new
        {
            entry.Id,
            entry.TenantId,
            at = entry.At.UtcDateTime,
            actorKind = EnumText<PrincipalKind>.Of(entry.Actor.Kind),
            actorId = entry.Actor.Id,
            actorName = StoredText.Encode(entry.Actor.Name),
            entry.Action,
            targetKind = entry.Target?.Kind,
            targetId = entry.Target?.Id,
            targetName = StoredText.Encode(entry.Target?.Name),
            outcome = EnumText<AuditOutcome>.Of(entry.Outcome),
            entry.Code,
            before = entry.Before is { } before ? StoredText.EncodeJson(before.Text) : null,
            after = entry.After is { } after ? StoredText.EncodeJson(after.Text) : null,
            entry.Request.Method,
            entry.Request.Route,
            requestId = entry.Request.Id,
            entry.Request.RemoteAddress,
            userAgent = StoredText.Encode(entry.Request.UserAgent),
            entry.ExecutionId,
            entry.Repeated,
        };
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    /// <summary>The newest first.</summary>
    /// <exception cref="UnreadableCursorException">The cursor is none of this list.</exception>
    public async Task<Page<AuditEntry>> ListAsync(Guid tenantId, AuditFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        const string sql = Columns + "where a.tenant_id = @tenantId\n" + Filtered;
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        return await ListAsync(transaction.Connection, sql, tenantId, filter, page, cancellationToken);
    }

    /// <summary>Of every tenant and of none.</summary>
    /// <inheritdoc cref="ListAsync(Guid, AuditFilter, PageRequest, CancellationToken)"/>
    public async Task<Page<AuditEntry>> ListAllAsync(AuditFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        const string sql = Columns + "where true\n" + Filtered;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await ListAsync(connection, sql, null, filter, page, cancellationToken);
    }

    public async Task<AuditEntry?> GetAsync(Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        const string sql = Columns + "where a.tenant_id = @tenantId and a.id = @id";
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        return (await transaction.Connection.QuerySingleOrDefaultAsync<AuditRow>(
            new CommandDefinition(sql, new { tenantId, id }, cancellationToken: cancellationToken)))?.ToEntry();
    }

    public async Task<AuditEntry?> GetAnyAsync(Guid id, CancellationToken cancellationToken)
    {
        const string sql = Columns + "where a.id = @id";
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return (await connection.QuerySingleOrDefaultAsync<AuditRow>(
            new CommandDefinition(sql, new { id }, cancellationToken: cancellationToken)))?.ToEntry();
    }

    /// <summary>Removes what is older; the number of rows.</summary>
    public async Task<int> SweepAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        const string sql = "delete from sandbox.audit a where a.at < @before";
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(
            new CommandDefinition(sql, new { before = before.UtcDateTime }, cancellationToken: cancellationToken));
    }

    private static async Task<Page<AuditEntry>> ListAsync(
        NpgsqlConnection connection, string sql, Guid? tenantId, AuditFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var limit = Math.Clamp(page.Limit, 1, 200);
        var actorIsId = Guid.TryParse(filter.Actor, out var actorId);
        var targetIsId = Guid.TryParse(filter.Target, out var targetId);
        var isPrefix = filter.Action?.EndsWith('*') == true;
        var parameters = new
        {
            tenantId,
            actorId = actorIsId ? actorId : (Guid?)null,
            actor = actorIsId ? null : StoredText.Encode(filter.Actor),
            action = isPrefix ? null : filter.Action,
            prefix = isPrefix ? filter.Action![..^1] : null,
            targetId = targetIsId ? targetId : (Guid?)null,
            target = targetIsId ? null : StoredText.Encode(filter.Target),
            outcome = EnumText<AuditOutcome>.Of(filter.Outcome),
            from = filter.From?.UtcDateTime,
            to = filter.To?.UtcDateTime,
            beforeId = page.Cursor is null ? (Guid?)null : Cursor.ReadId(page.Cursor),
            take = limit + 1,
        };
        var rows = (await connection.QueryAsync<AuditRow>(
            new CommandDefinition(sql, parameters, cancellationToken: cancellationToken))).AsList();
        var items = rows.Take(limit).Select(row => row.ToEntry()).ToArray();
        return new Page<AuditEntry>(items, rows.Count > limit ? Cursor.Of(items[^1].Id) : null);
    }
}
