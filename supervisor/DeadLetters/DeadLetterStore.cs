using Dapper;
using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Queue;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.DeadLetters;

/// <summary>Dead letters of a tenant: read as that tenant, replayed and discarded as the system, which owns the queue.</summary>
internal sealed class DeadLetterStore(Db db)
{
    private const string Columns = """
        select d.id, d.script_id as ScriptId, d.script_name as ScriptName, d.kind, d.version, d.trigger_type as TriggerType, d.trigger::text as Trigger,
            d.sealed_trigger as SealedTrigger, d.input::text as Input, d.cause_kind as CauseKind, d.cause_id as CauseId, d.user_id as UserId,
            d.organization_id as OrganizationId, d.attempts, d.idempotency_key as IdempotencyKey, d.origin, d.origin_id as OriginId, d.depth,
            d.trace_parent as TraceParent, d.order_key as OrderKey, d.execution_id as ExecutionId, d.status, d.code, d.error_message as ErrorMessage,
            d.first_at as FirstAt, d.died_at as DiedAt, d.state, d.state_at as StateAt, d.replayed_as as ReplayedAs
        from sandbox.dead_letters d

        """;

    private const string Conditions = """
        where d.tenant_id = @tenantId and (@scriptId::uuid is null or d.script_id = @scriptId) and (@scriptName::text is null or d.script_name = @scriptName)
          and (@kind::text is null or d.kind = @kind) and (@state::text is null or d.state = @state) and (@code::text is null or d.code = @code)
          and (@from::timestamptz is null or d.died_at >= @from) and (@to::timestamptz is null or d.died_at < @to)

        """;

    public async Task<DeadLetterRow?> GetAsync(Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        const string sql = Columns + "where d.tenant_id = @tenantId and d.id = @id";
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        return await transaction.Connection.QuerySingleOrDefaultAsync<DeadLetterRow>(new CommandDefinition(sql, new { tenantId, id }, cancellationToken: cancellationToken));
    }

    /// <summary>Newest first.</summary>
    public async Task<Page<DeadLetterRow>> ListAsync(Guid tenantId, DeadLetterFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        const string sql = Columns + Conditions + "and (@edge::uuid is null or d.id < @edge) order by d.id desc limit @take";
        var limit = Math.Clamp(page.Limit, 1, 200);
        var before = page.Cursor is null ? (Guid?)null : Cursor.ReadId(page.Cursor);
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        var rows = (await transaction.Connection.QueryAsync<DeadLetterRow>(new CommandDefinition(sql, Parameters(tenantId, filter, before, limit + 1), cancellationToken: cancellationToken))).AsList();
        var items = rows.Take(limit).ToArray();
        return new Page<DeadLetterRow>(items, rows.Count > limit ? Cursor.Of(items[^1].Id) : null);
    }

    /// <summary>The oldest first.</summary>
    /// <param name="tenantId">Whose.</param>
    /// <param name="filter">Which.</param>
    /// <param name="after">The last one that was taken; null: none was.</param>
    /// <param name="take">At most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<DeadLetterRow>> OldestAsync(Guid tenantId, DeadLetterFilter filter, Guid? after, int take, CancellationToken cancellationToken)
    {
        const string sql = Columns + Conditions + "and (@edge::uuid is null or d.id > @edge) order by d.id limit @take";
        await using var transaction = await db.TenantAsync(tenantId, cancellationToken);
        return (await transaction.Connection.QueryAsync<DeadLetterRow>(new CommandDefinition(sql, Parameters(tenantId, filter, after, take), cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>Enqueues those of them that are open, in one transaction with the mark that they were. Ids of the letters that it took.</summary>
    public async Task<HashSet<Guid>> ReplayAsync(Guid tenantId, IReadOnlyList<(Guid Id, QueueItem Item)> replays, CancellationToken cancellationToken)
    {
        const string sql = """
            update sandbox.dead_letters d
            set state = 'replayed', state_at = clock_timestamp(), replayed_as = replay.execution_id
            from unnest(@ids, @executions) as replay (id, execution_id)
            where d.tenant_id = @tenantId and d.id = replay.id and d.state = 'open'
            returning d.id
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var parameters = new { tenantId, ids = replays.Select(replay => replay.Id).ToArray(), executions = replays.Select(replay => replay.Item.ExecutionId).ToArray() };
        var taken = (await connection.QueryAsync<Guid>(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken))).ToHashSet();
        QueueItem[] items = [.. replays.Where(replay => taken.Contains(replay.Id)).Select(replay => replay.Item)];
        if (items.Length > 0)
        {
            await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { QueueColumns.Adding(items) } };
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return taken;
    }

    /// <summary>False where it is not open.</summary>
    public async Task<bool> DiscardAsync(Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        const string sql = """
            update sandbox.dead_letters set state = 'discarded', state_at = clock_timestamp(), sealed_trigger = null
            where tenant_id = @tenantId and id = @id and state = 'open'
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(sql, new { tenantId, id }, cancellationToken: cancellationToken)) == 1;
    }

    private static object Parameters(Guid tenantId, DeadLetterFilter filter, Guid? edge, int take)
    {
        var isId = Guid.TryParse(filter.Script, out var scriptId);
        return new
        {
            tenantId,
            edge,
            take,
            scriptId = isId ? scriptId : (Guid?)null,
            scriptName = isId ? null : StoredText.Encode(filter.Script),
            kind = EnumText<ScriptKind>.Of(filter.Kind),
            state = EnumText<DeadLetterState>.Of(filter.State),
            code = StoredText.Encode(filter.Code),
            from = filter.From?.UtcDateTime,
            to = filter.To?.UtcDateTime,
        };
    }
}
