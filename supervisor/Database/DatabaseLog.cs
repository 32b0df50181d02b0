using Level = Microsoft.Extensions.Logging.LogLevel;

namespace Sandbox.Supervisor.Database;

/// <summary>Event ids 3000–3099.</summary>
internal static partial class DatabaseLog
{
    [LoggerMessage(3000, Level.Information, "Creating a PostgreSQL of our own in {Directory} with {Binaries}")]
    public static partial void CreatingCluster(this ILogger logger, string directory, string binaries);

    [LoggerMessage(3001, Level.Information, "PostgreSQL runs as process {ProcessId}, socket in {SocketDirectory}")]
    public static partial void PostgresStarted(this ILogger logger, int processId, string socketDirectory);

    [LoggerMessage(3002, Level.Information, "PostgreSQL stopped")]
    public static partial void PostgresStopped(this ILogger logger);

    [LoggerMessage(3003, Level.Warning, "PostgreSQL did not stop within {Seconds} s of signal {Signal}; sending a stronger one")]
    public static partial void PostgresSlowToStop(this ILogger logger, double seconds, string signal);

    [LoggerMessage(3004, Level.Error, "PostgreSQL ended by itself with exit code {ExitCode}; it is started again, and what is to be stored waits in the journal")]
    public static partial void PostgresDied(this ILogger logger, int exitCode);

    [LoggerMessage(3005, Level.Warning, "Stopping a PostgreSQL that an earlier supervisor left in {Directory}: {ProcessIds}")]
    public static partial void StoppingOrphan(this ILogger logger, string directory, string processIds);

    [LoggerMessage(3006, Level.Debug, "PostgreSQL: {Line}")]
    public static partial void PostgresSays(this ILogger logger, string line);

    [LoggerMessage(3007, Level.Warning, "PostgreSQL: {Line}")]
    public static partial void PostgresWarns(this ILogger logger, string line);

    [LoggerMessage(3008, Level.Information, "PostgreSQL takes connections again")]
    public static partial void PostgresRestarted(this ILogger logger);

    [LoggerMessage(3009, Level.Error, "PostgreSQL could not be started again; the next try is in {Seconds} s. {Reason}")]
    public static partial void PostgresNotRestarted(this ILogger logger, double seconds, string reason);

    [LoggerMessage(3010, Level.Debug, "Migration: {Text}")]
    public static partial void Migrating(this ILogger logger, string text);

    [LoggerMessage(3011, Level.Information, "Database schema is current ({Applied} migrations applied now)")]
    public static partial void Migrated(this ILogger logger, int applied);

    [LoggerMessage(3012, Level.Error, "Migration failed: {Text}")]
    public static partial void MigrationFailed(this ILogger logger, Exception? exception, string text);

    [LoggerMessage(3020, Level.Information, "Dropped {Count} partitions of history older than {Days} days")]
    public static partial void PartitionsDropped(this ILogger logger, int count, int days);

    [LoggerMessage(3021, Level.Error, "Partition maintenance failed; it is tried again in {Minutes} min")]
    public static partial void PartitionsFailed(this ILogger logger, Exception exception, double minutes);
}
