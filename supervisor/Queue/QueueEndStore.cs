using Npgsql;
using NpgsqlTypes;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.History;

namespace Sandbox.Supervisor.Queue;

/// <summary>
/// The ends of attempts, many in one transaction: the row leaves the queue, the history is written, what follows is enqueued, what is
/// dead is kept, and what the attempts served is told. Not Dapper: every parameter is a whole column.
/// </summary>
/// <param name="failures">Null: failures in a row are not counted.</param>
internal sealed class QueueEndStore(Db db, IEnumerable<IQueueOrigin> origins, FailureStore? failures = null)
{
    // The token is the fence: whoever lost the attempt to another node deletes nothing, and what follows leaves his end out.
    private const string Take = """
        delete from sandbox.queue q
        using unnest($1, $2, $3) as ended (tenant_id, execution_id, token)
        where q.tenant_id = ended.tenant_id and q.execution_id = ended.execution_id and q.token is not distinct from ended.token
        returning q.execution_id
        """;

    private const string CopyCheckpoints = """
        insert into sandbox.checkpoints (execution_id, tenant_id, version, value)
        select next.next_id, c.tenant_id, c.version, c.value
        from unnest($1, $2, $3) as next (tenant_id, ended_id, next_id)
        join sandbox.checkpoints c on c.execution_id = next.ended_id and c.tenant_id = next.tenant_id
        on conflict (execution_id) do nothing
        """;

    private const string InsertDead = """
        insert into sandbox.dead_letters (
            tenant_id, id, script_id, script_name, kind, version, trigger_type, trigger, sealed_trigger, input, cause_kind, cause_id, user_id, organization_id,
            attempts, idempotency_key, origin, origin_id, depth, trace_parent, order_key, execution_id, status, code, error_message, first_at)
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)
        """;

    /// <summary>Ids of those that were still the caller's to end. An end that is not among them changed nothing.</summary>
    /// <param name="note">Why payloads, logs and calls are left out of the history; null: they are kept as the records' policies say.</param>
    public async Task<HashSet<Guid>> SettleAsync(IReadOnlyList<QueueEnd> ends, string? note, CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        // A script is to be paused only once in a while. Only then everything is done again under the lock that others would wait for.
        return await SettleAsync(connection, ends, note, mayPause: false, cancellationToken)
            ?? await SettleAsync(connection, ends, note, mayPause: true, cancellationToken)
            ?? throw new InvalidOperationException("Ends that may pause a script were not settled.");
    }

    /// <summary>Null: a script has to be paused and <paramref name="mayPause"/> is false; nothing was changed.</summary>
    private async Task<HashSet<Guid>?> SettleAsync(
        NpgsqlConnection connection, IReadOnlyList<QueueEnd> ends, string? note, bool mayPause, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (mayPause) await FailureStore.LockChangesAsync(connection, cancellationToken);
        var taken = await TakeAsync(connection, ends, cancellationToken);
        QueueEnd[] stood = [.. ends.Where(end => taken.Contains(end.Item.ExecutionId))];
        if (stood.Length == 0) return taken;
        await using var batch = new NpgsqlBatch(connection, transaction);
        var streaks = FailureStreak.Of(stood);
        var counting = failures?.Counting(streaks);
        if (counting is not null) batch.BatchCommands.Add(counting);
        HistoryStore.Fill(batch, Array.ConvertAll(stood, end => end.Record), note);
        if (stood.Where(end => end.Next is not null).ToArray() is { Length: > 0 } retried)
        {
            batch.BatchCommands.Add(QueueColumns.Adding(Array.ConvertAll(retried, end => end.Next!)));
            batch.BatchCommands.Add(Checkpoints(retried));
        }

        if (stood.Where(end => end.DeadLetter is not null).ToArray() is { Length: > 0 } dead) batch.BatchCommands.Add(Dead(dead));
        if (AlertSignal.OfLastAttempts(stood.Where(end => end.Next is null).Select(end => end.Record.Execution)) is { } signals)
            batch.BatchCommands.Add(signals);
        foreach (var origin in origins)
            if (stood.Where(end => end.Item.Origin?.Name == origin.Name).ToArray() is { Length: > 0 } served) origin.Settle(batch, served);
        if (counting is null) await batch.ExecuteNonQueryAsync(cancellationToken);
        else if (await FullAsync(batch, cancellationToken) is { Count: > 0 } full)
        {
            if (!mayPause) return null;
            await failures!.PauseAsync(connection, streaks, full, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return taken;
    }

    /// <summary>Runs the batch, whose first command counts.</summary>
    private static async Task<Dictionary<Guid, int>> FullAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var full = await FailureStore.FullAsync(reader, cancellationToken);
        // An error of a later command comes up here.
        while (await reader.NextResultAsync(cancellationToken)) continue;
        return full;
    }

    private static async Task<HashSet<Guid>> TakeAsync(NpgsqlConnection connection, IReadOnlyList<QueueEnd> ends, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Take, connection)
        {
            Parameters =
            {
                QueueColumns.Of(NpgsqlDbType.Uuid, ends, end => end.Item.TenantId),
                QueueColumns.Of(NpgsqlDbType.Uuid, ends, end => end.Item.ExecutionId),
                QueueColumns.Of(NpgsqlDbType.Bigint, ends, end => end.Token),
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var taken = new HashSet<Guid>();
        while (await reader.ReadAsync(cancellationToken)) taken.Add(reader.GetGuid(0));
        return taken;
    }

    private static NpgsqlBatchCommand Checkpoints(QueueEnd[] retried) => new(CopyCheckpoints)
    {
        Parameters =
        {
            QueueColumns.Of(NpgsqlDbType.Uuid, retried, end => end.Item.TenantId),
            QueueColumns.Of(NpgsqlDbType.Uuid, retried, end => end.Item.ExecutionId),
            QueueColumns.Of(NpgsqlDbType.Uuid, retried, end => end.Next!.ExecutionId),
        },
    };

    private static NpgsqlBatchCommand Dead(QueueEnd[] dead) => new(InsertDead)
    {
        Parameters =
        {
            QueueColumns.Of(NpgsqlDbType.Uuid, dead, end => end.Item.TenantId),
            QueueColumns.Of(NpgsqlDbType.Uuid, dead, end => end.DeadLetter!.Value),
            QueueColumns.Of(NpgsqlDbType.Uuid, dead, end => end.Item.ScriptId),
            QueueColumns.Of(NpgsqlDbType.Text, dead, end => end.Item.ScriptName),
            QueueColumns.Of(NpgsqlDbType.Text, dead, end => EnumText<ScriptKind>.Of(end.Item.Kind)),
            QueueColumns.Of(NpgsqlDbType.Integer, dead, end => end.Record.Execution.Version),
            QueueColumns.Of(NpgsqlDbType.Text, dead, end => EnumText<TriggerType>.Of(end.Item.TriggerType)),
            QueueColumns.Of(NpgsqlDbType.Json, dead, end => StoredText.EncodeJson(end.Item.Trigger.Text)),
            QueueColumns.Of(NpgsqlDbType.Bytea, dead, end => end.Item.SealedTrigger),
            QueueColumns.Of(NpgsqlDbType.Json, dead, end => StoredText.EncodeJson(end.Item.Input.Text)),
            QueueColumns.Of(NpgsqlDbType.Text, dead, end => StoredText.Encode(end.Item.Cause.Kind)),
            QueueColumns.Of(NpgsqlDbType.Text, dead, end => StoredText.Encode(end.Item.Cause.Id)),
            QueueColumns.Of(NpgsqlDbType.Uuid, dead, end => end.Item.UserId),
            QueueColumns.Of(NpgsqlDbType.Uuid, dead, end => end.Item.OrganizationId),
            QueueColumns.Of(NpgsqlDbType.Integer, dead, end => end.Item.Attempt),
            QueueColumns.Of(NpgsqlDbType.Text, dead, end => StoredText.Encode(end.Item.IdempotencyKey)),
            QueueColumns.Of(NpgsqlDbType.Text, dead, end => end.Item.Origin?.Name),
            QueueColumns.Of(NpgsqlDbType.Uuid, dead, end => end.Item.Origin?.Id),
            QueueColumns.Of(NpgsqlDbType.Integer, dead, end => end.Item.Depth),
            QueueColumns.Of(NpgsqlDbType.Text, dead, end => end.Item.TraceParent),
            QueueColumns.Of(NpgsqlDbType.Text, dead, end => StoredText.Encode(end.Item.OrderKey)),
            QueueColumns.Of(NpgsqlDbType.Uuid, dead, end => end.Item.ExecutionId),
            QueueColumns.Of(NpgsqlDbType.Text, dead, end => EnumText<ExecutionStatus>.Of(end.Record.Execution.Status)),
            QueueColumns.Of(NpgsqlDbType.Text, dead, end => end.Record.Execution.Code),
            QueueColumns.Of(NpgsqlDbType.Text, dead, end => StoredText.Encode(end.Record.Execution.Error?.Message)),
            QueueColumns.Of(NpgsqlDbType.TimestampTz, dead, end => end.Item.CreatedAt.UtcDateTime),
        },
    };
}
