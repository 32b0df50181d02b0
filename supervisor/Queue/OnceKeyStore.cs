using Dapper;
using Npgsql;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Queue;

/// <summary>What is accepted once for a script: its key and the execution that it became.</summary>
internal sealed class OnceKeyStore(Db db)
{
    /// <summary>Enqueues the item unless the script had the key before; the execution that the key stands for.</summary>
    public async Task<Guid> AddAsync(QueueItem item, string key, CancellationToken cancellationToken)
    {
        const string insert = """
            insert into sandbox.once_keys (tenant_id, script_id, key, execution_id) values (@tenantId, @scriptId, @key, @executionId)
            on conflict (tenant_id, script_id, key) do nothing
            """;
        const string select = "select execution_id from sandbox.once_keys where tenant_id = @tenantId and script_id = @scriptId and key = @key";
        var parameters = new { item.TenantId, item.ScriptId, key = StoredText.Encode(key), item.ExecutionId };
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Another one with the same key that is not committed yet is waited for here.
        if (await connection.ExecuteAsync(new CommandDefinition(insert, parameters, transaction, cancellationToken: cancellationToken)) == 0)
            return await connection.ExecuteScalarAsync<Guid>(new CommandDefinition(select, parameters, transaction, cancellationToken: cancellationToken));
        await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { QueueColumns.Adding([item]) } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return item.ExecutionId;
    }

    /// <summary>Removes those made before; how many.</summary>
    public async Task<int> SweepAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition("delete from sandbox.once_keys where created_at < @before", new { before = before.UtcDateTime }, cancellationToken: cancellationToken));
    }
}
