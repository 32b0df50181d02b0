using Npgsql;

namespace Sandbox.Supervisor.Database;

/// <summary>Brings a database to the state this version works with: roles, schema, migrations, the partitions of the next days.</summary>
internal static class DatabaseBootstrap
{
    /// <param name="connectionString">The login that works.</param>
    /// <param name="adminConnectionString">Whoever may make roles, where that is somebody else.</param>
    public static async Task PrepareAsync(string connectionString, string? adminConnectionString, ILogger logger, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await using (var connection = new NpgsqlConnection(Unpooled(adminConnectionString ?? connectionString)))
            {
                await connection.OpenAsync(cancellationToken);
                if (connection.PostgreSqlVersion.Major < 15)
                    throw new DatabaseException($"PostgreSQL {connection.PostgreSqlVersion} is too old: 15 or newer is needed.");
                var login = new NpgsqlConnectionStringBuilder(connectionString).Username ?? connection.UserName ?? "";
                await RoleSetup.EnsureAsync(connection, login, cancellationToken);
            }

            await Migrator.MigrateAsync(connectionString, logger, cancellationToken);
            await using var system = new NpgsqlConnection(Db.ConnectionStringFor(connectionString, DatabaseRoles.System, pool: 0));
            await system.OpenAsync(cancellationToken);
            await Partitions.MakeAsync(system, time.GetUtcNow(), cancellationToken);
        }
        catch (NpgsqlException e) when (e is not PostgresException)
        {
            throw new DatabaseException($"PostgreSQL cannot be reached (Sandbox:Database:ConnectionString): {e.InnerException?.Message ?? e.Message}", e);
        }
        catch (PostgresException e) when (e.SqlState.StartsWith("28", StringComparison.Ordinal) || e.SqlState.StartsWith("3D", StringComparison.Ordinal))
        {
            throw new DatabaseException($"PostgreSQL refuses us (Sandbox:Database:ConnectionString): {e.MessageText}", e);
        }
    }

    private static string Unpooled(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
}
