using Npgsql;

namespace Sandbox.Supervisor.Database;

/// <summary>The days of the history.</summary>
internal static class Partitions
{
    /// <summary>Yesterday (an execution that began before midnight), today, and days enough to outlast a weekend without maintenance.</summary>
    private const int DaysBehind = 1;

    private const int DaysAhead = 4;

    public static Task<int> MakeAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken) =>
        MakeAsync(connection, DateOnly.FromDateTime(now.UtcDateTime).AddDays(-DaysBehind), DaysBehind + 1 + DaysAhead, cancellationToken);

    public static Task<int> MakeAsync(NpgsqlConnection connection, DateOnly first, int days, CancellationToken cancellationToken) =>
        CallAsync(connection, "select sandbox.make_partitions($1, $2)", [new NpgsqlParameter<DateOnly> { TypedValue = first }, new NpgsqlParameter<int> { TypedValue = days }], cancellationToken);

    /// <summary>Drops whole days before <paramref name="first"/>; the number of tables.</summary>
    public static Task<int> DropAsync(NpgsqlConnection connection, DateOnly first, CancellationToken cancellationToken) =>
        CallAsync(connection, "select sandbox.drop_partitions($1)", [new NpgsqlParameter<DateOnly> { TypedValue = first }], cancellationToken);

    private static async Task<int> CallAsync(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        // Making and dropping wait for whoever reads history; nobody who comes after may wait long behind us.
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var limit = new NpgsqlCommand("set local lock_timeout = '3s'", connection))
            await limit.ExecuteNonQueryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        var count = (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        return count;
    }
}
