using System.Reflection;
using DbUp;
using DbUp.Engine.Output;
using Npgsql;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Database;

/// <summary>Applies the numbered scripts of <c>Migrations/</c> that a database has not seen, in order, forward only.</summary>
internal static class Migrator
{
    public static async Task MigrateAsync(string connectionString, ILogger logger, CancellationToken cancellationToken)
    {
        var owner = Db.ConnectionStringFor(connectionString, DatabaseRoles.Owner, pool: 0);

        // Two supervisors may start at once: the second waits here, and finds nothing left to do.
        await using var guard = new NpgsqlConnection(owner);
        await guard.OpenAsync(cancellationToken);
        await using (var command = new NpgsqlCommand("select pg_advisory_lock(hashtextextended('sandbox migrations', 0))", guard) { CommandTimeout = 600 })
            await command.ExecuteNonQueryAsync(cancellationToken);

        var result = DeployChanges.To.PostgresqlDatabase(owner)
            .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), name => name.Contains(".Database.Migrations.", StringComparison.Ordinal))
            .JournalToPostgresqlTable("sandbox", "migrations")
            .WithVariablesDisabled()
            .WithTransactionPerScript()
            .WithExecutionTimeout(TimeSpan.FromMinutes(30))
            .LogTo(new Log(logger))
            .Build()
            .PerformUpgrade();

        if (!result.Successful)
            throw new DatabaseException($"The migration {result.ErrorScript?.Name ?? "of the database"} failed and was rolled back: {result.Error.Message}", result.Error);
        logger.Migrated(result.Scripts.Count());
    }

    private sealed class Log(ILogger logger) : IUpgradeLog
    {
        public void LogTrace(string format, params object[] args) => Write(format, args);
        public void LogDebug(string format, params object[] args) => Write(format, args);
        public void LogInformation(string format, params object[] args) => Write(format, args);
        public void LogWarning(string format, params object[] args) => Write(format, args);
        public void LogError(string format, params object[] args) => logger.MigrationFailed(null, Text(format, args));
        public void LogError(Exception ex, string format, params object[] args) => logger.MigrationFailed(ex, Text(format, args));

        private void Write(string format, object[] args) => logger.Migrating(Text(format, args));

        private static string Text(string format, object[] args) => args.Length == 0 ? format : string.Format(format, args);
    }
}
