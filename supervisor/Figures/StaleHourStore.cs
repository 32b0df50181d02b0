using Npgsql;
using NpgsqlTypes;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Figures;

/// <summary>Marks the hours of executions that are stored, in the transaction that stores them. Not Dapper: every parameter is a whole column.</summary>
internal static class StaleHourStore
{
    // The update changes nothing and locks the mark: who folds hours skips this one until this transaction is over, and so counts its executions.
    // The order makes all transactions lock alike.
    private const string Mark = """
        insert into sandbox.stale_hours as s (tenant_id, hour)
        select * from unnest($1, $2) as m (tenant_id, hour)
        order by 1, 2
        on conflict (tenant_id, hour) do update set hour = s.hour where false
        """;

    /// <summary>Adds the marks to a transaction, behind everything else that it locks.</summary>
    public static void Fill(NpgsqlBatch batch, IEnumerable<Execution> executions)
    {
        var hours = executions.Select(execution => (execution.TenantId, Hour: HourOf(execution.Id))).Where(mark => mark.Hour is not null).Distinct().ToArray();
        if (hours.Length == 0) return;
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Mark)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid[]> { TypedValue = Array.ConvertAll(hours, mark => mark.TenantId), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
                new NpgsqlParameter<DateTime[]> { TypedValue = Array.ConvertAll(hours, mark => mark.Hour!.Value), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
            },
        });
    }

    private static DateTime? HourOf(Guid id) =>
        UuidV7.TimeOf(id) is { } time ? new DateTime(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerHour), DateTimeKind.Utc) : null;
}
