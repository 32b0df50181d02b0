using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Sandbox.Supervisor.Database;
using Xunit;

[assembly: AssemblyFixture(typeof(Sandbox.Tests.Integration.Database.PostgresServer))]

namespace Sandbox.Tests.Integration.Database;

/// <summary>One real PostgreSQL for all tests that ask for it, started by the first.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly Lazy<Task<EmbeddedPostgres>> _postgres;
    private int _databases;

    public PostgresServer() => _postgres = new(StartAsync);

    internal Task<EmbeddedPostgres> Postgres => _postgres.Value;

    /// <summary>A database of its own for a test class, at the current schema.</summary>
    internal async Task<TestDatabase> NewDatabaseAsync(bool migrated = true)
    {
        var postgres = await Postgres;
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await using (var connection = new NpgsqlConnection(postgres.SuperuserConnectionString("postgres")))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = new NpgsqlCommand($"create database {name}", connection);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var database = new TestDatabase(
            new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = name }.ConnectionString,
            postgres.SuperuserConnectionString(name));
        if (migrated)
            await database.MigrateAsync();
        return database;
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres.IsValueCreated)
            await (await _postgres.Value).DisposeAsync();
        _directory.Dispose();
    }

    private Task<EmbeddedPostgres> StartAsync() =>
        EmbeddedPostgres.StartAsync(_directory.Path, new DatabaseOptions(), NullLogger.Instance, TimeProvider.System, CancellationToken.None);
}
