using Npgsql;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Queue;

/// <summary>The nodes that share the database, by the database's clock. Not Dapper: each statement has one or two plain values.</summary>
internal sealed class NodeStore(Db db)
{
    /// <summary>This process is a node from now on.</summary>
    public Task RegisterAsync(Guid id, string name, TimeSpan lease, CancellationToken cancellationToken) => ExecuteAsync(
        "insert into sandbox.nodes (id, name, lease_until) values ($1, $2, clock_timestamp() + $3)",
        [new NpgsqlParameter<Guid> { TypedValue = id }, new NpgsqlParameter<string> { TypedValue = name }, new NpgsqlParameter<TimeSpan> { TypedValue = lease }],
        cancellationToken);

    /// <summary>False where another node has declared it dead.</summary>
    public async Task<bool> RenewAsync(Guid id, TimeSpan lease, CancellationToken cancellationToken) => await ExecuteAsync(
        "update sandbox.nodes set lease_until = clock_timestamp() + $2 where id = $1 and dead_at is null",
        [new NpgsqlParameter<Guid> { TypedValue = id }, new NpgsqlParameter<TimeSpan> { TypedValue = lease }],
        cancellationToken) == 1;

    /// <summary>Declares dead whoever's lease ran out, and <paramref name="known"/>, of whom we know it. All the dead whose work is not settled yet.</summary>
    public async Task<Guid[]> DeadAsync(Guid? known, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            "update sandbox.nodes set dead_at = clock_timestamp() where dead_at is null and (lease_until < clock_timestamp() or id = $1)",
            [new NpgsqlParameter { Value = (object?)known ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid }],
            cancellationToken);
        await using var command = db.System.CreateCommand("select id from sandbox.nodes where dead_at is not null");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var dead = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken)) dead.Add(reader.GetGuid(0));
        return [.. dead];
    }

    /// <summary>Removes a node with nothing in hand. One that has something stays.</summary>
    public Task RemoveAsync(Guid id, CancellationToken cancellationToken) => ExecuteAsync(
        "delete from sandbox.nodes n where n.id = $1 and not exists (select from sandbox.queue q where q.node_id = n.id)",
        [new NpgsqlParameter<Guid> { TypedValue = id }],
        cancellationToken);

    private async Task<int> ExecuteAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = db.System.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
