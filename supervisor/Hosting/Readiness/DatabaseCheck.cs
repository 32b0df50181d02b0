using Npgsql;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Hosting.Readiness;

/// <summary>Whether PostgreSQL answers.</summary>
internal sealed class DatabaseCheck(Db db, DatabaseStartup startup) : IReadinessCheck
{
    public string Name => "database";

    public async ValueTask<ReadinessState> CheckAsync(CancellationToken cancellationToken)
    {
        if (startup.PostgresRuns == false) return new ReadinessState(false, "The supervisor's own PostgreSQL has ended and is being started again; the log says why. Executions wait in the journal.");
        try
        {
            await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand("select 1", connection);
            await command.ExecuteScalarAsync(cancellationToken);
            return new ReadinessState(true, startup.PostgresRuns is null ? "An external PostgreSQL answers." : "The supervisor's own PostgreSQL answers.");
        }
        catch (NpgsqlException)
        {
            return new ReadinessState(false, "PostgreSQL does not answer.");
        }
    }
}
