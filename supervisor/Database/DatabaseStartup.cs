using Microsoft.Extensions.Options;
using Npgsql;

namespace Sandbox.Supervisor.Database;

/// <summary>
/// What has to be done before anything is served: the data directory is ours, PostgreSQL runs, and its schema is current. Disposed, it stops the PostgreSQL it started, after everything that uses it.
/// </summary>
internal sealed class DatabaseStartup(
    Db db, DataDirectory directory, IOptions<DatabaseOptions> options, NamedDatabases others, ILogger<DatabaseStartup> logger, TimeProvider time) : IAsyncDisposable
{
    private DataDirectoryLock? _lock;
    private EmbeddedPostgresRestarts? _postgres;
    private string? _adminConnectionString;

    /// <summary>Where PostgreSQL is our own: false while it has ended and is being started again. Null: it is external.</summary>
    public bool? PostgresRuns => _postgres?.IsRunning;

    /// <summary>As whoever may make schemas: the superuser of our own PostgreSQL, the login of an external one.</summary>
    public async Task<NpgsqlConnection> OpenAsAdminAsync(CancellationToken cancellationToken)
    {
        var text = _adminConnectionString ?? throw new InvalidOperationException("The database is used before DatabaseStartup.StartAsync.");
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(text) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="DatabaseException">In one sentence: what is wrong, and the remedy.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(directory.Path);
            _lock = DataDirectoryLock.Take(directory.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatabaseException($"Sandbox:DataDirectory {directory.Path} cannot be written: {e.Message}", e);
        }

        var connectionString = options.Value.ConnectionString;
        string? admin = null;
        if (connectionString.Length == 0)
        {
            var postgres = await StartPostgresAsync(cancellationToken);
            _postgres = new EmbeddedPostgresRestarts(postgres, StartPostgresAsync, db.ForgetConnections, logger, time);
            connectionString = postgres.ConnectionString;
            admin = postgres.SuperuserConnectionString(EmbeddedPostgresSettings.Database);
        }

        await DatabaseBootstrap.PrepareAsync(connectionString, admin, logger, time, cancellationToken);
        db.Open(connectionString, options.Value.Connections, others.ByName);
        _adminConnectionString = admin ?? connectionString;
    }

    private Task<EmbeddedPostgres> StartPostgresAsync(CancellationToken cancellationToken) =>
        EmbeddedPostgres.StartAsync(directory.Path, options.Value, logger, time, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await db.DisposeAsync();
        if (Interlocked.Exchange(ref _postgres, null) is { } postgres)
            await postgres.DisposeAsync();
        Interlocked.Exchange(ref _lock, null)?.Dispose();
    }
}
