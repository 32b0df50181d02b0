using Dapper;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Changes;

/// <summary>The table that triggers write.</summary>
internal sealed class ChangeStore(Db db)
{
    /// <summary>Rows read at once.</summary>
    public const int BatchMax = 1_000;

    /// <summary>0 where nothing ever changed.</summary>
    public async Task<long> LastAsync(CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition("select coalesce(max(sequence), 0) from sandbox.changes", cancellationToken: cancellationToken));
    }

    /// <summary>Those later than <paramref name="sequence"/>, in order, and the sequence of the last of them.</summary>
    public async Task<(IReadOnlyList<Change> Changes, long Last)> AfterAsync(long sequence, CancellationToken cancellationToken)
    {
        const string sql = """
            select sequence, kind, tenant_id as TenantId, id
            from sandbox.changes where sequence > @sequence
            order by sequence limit @take
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(sql, new { sequence, take = BatchMax }, cancellationToken: cancellationToken))).AsList();
        return ([.. rows.Select(row => new Change(EnumText<ChangeKind>.Parse(row.Kind), row.TenantId, row.Id))], rows.Count == 0 ? sequence : rows[^1].Sequence);
    }

    /// <summary>The newest row stays: the next start begins behind it.</summary>
    public async Task<int> SweepAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        const string sql = """
            delete from sandbox.changes
            where at < clock_timestamp() - @age and sequence < (select max(sequence) from sandbox.changes)
            """;
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(sql, new { age }, cancellationToken: cancellationToken));
    }

    private sealed class Row
    {
        public required long Sequence { get; init; }
        public required string Kind { get; init; }
        public Guid? TenantId { get; init; }
        public required Guid Id { get; init; }
    }
}
