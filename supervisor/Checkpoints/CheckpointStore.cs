using Npgsql;
using NpgsqlTypes;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Checkpoints;

/// <summary>The latest checkpoint of each execution. Not Dapper: the statement travels with the tenant's setting in one message.</summary>
internal sealed class CheckpointStore(Db db)
{
    /// <param name="value">JSON text.</param>
    public Task SetAsync(Guid tenantId, Guid executionId, int version, string value, CancellationToken cancellationToken) => db.AsTenantAsync(
        tenantId,
        new NpgsqlBatchCommand(
            """
            insert into sandbox.checkpoints (execution_id, tenant_id, version, value) values ($1, $2, $3, $4)
            on conflict (execution_id) do update set version = excluded.version, value = excluded.value, updated_at = clock_timestamp()
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = executionId },
                new NpgsqlParameter<Guid> { TypedValue = tenantId },
                new NpgsqlParameter<int> { TypedValue = version },
                new NpgsqlParameter<string> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Json },
            },
        },
        static _ => true,
        cancellationToken);

    /// <summary><c>{version, value}</c> as <c>context.checkpoint</c> holds it; null where the execution left none.</summary>
    public Task<RawJson?> FindAsync(Guid tenantId, Guid executionId, CancellationToken cancellationToken) => db.AsTenantAsync(
        tenantId,
        new NpgsqlBatchCommand("select version, value::text from sandbox.checkpoints where execution_id = $1 and tenant_id = $2")
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = executionId }, new NpgsqlParameter<Guid> { TypedValue = tenantId } },
        },
        reader => reader.HasRows ? new RawJson($$"""{"version":{{reader.GetInt32(0)}},"value":{{reader.GetString(1)}}}""") : (RawJson?)null,
        cancellationToken);

    /// <summary>Gives an execution the checkpoint of another one. False where that has none.</summary>
    public Task<bool> CopyAsync(Guid tenantId, Guid from, Guid to, CancellationToken cancellationToken) => db.AsTenantAsync(
        tenantId,
        new NpgsqlBatchCommand(
            """
            insert into sandbox.checkpoints (execution_id, tenant_id, version, value)
            select $2, tenant_id, version, value from sandbox.checkpoints where execution_id = $1 and tenant_id = $3
            returning 1
            """)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = from }, new NpgsqlParameter<Guid> { TypedValue = to }, new NpgsqlParameter<Guid> { TypedValue = tenantId } },
        },
        static reader => reader.HasRows,
        cancellationToken);

    /// <summary>Removes those that were not written since; how many.</summary>
    public async Task<int> SweepAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var command = db.System.CreateCommand("delete from sandbox.checkpoints where updated_at < $1");
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = before.UtcDateTime });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
