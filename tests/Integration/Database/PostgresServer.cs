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
    private readonly Lazy<Task<string>> _template;
    private int _databases;

    public PostgresServer()
    {
        _postgres = new(StartAsync);
        _template = new(MakeTemplateAsync);
    }

    internal Task<EmbeddedPostgres> Postgres => _postgres.Value;

    /// <summary>A database of its own for a test class, at the current schema.</summary>
    internal async Task<TestDatabase> NewDatabaseAsync(bool migrated = true)
    {
        var database = await CreateAsync($"test_{Interlocked.Increment(ref _databases)}", migrated ? await _template.Value : "template1");
        if (migrated)
            database.Open();
        return database;
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres.IsValueCreated)
            await (await _postgres.Value).DisposeAsync();
        _directory.Dispose();
    }

    private async Task<EmbeddedPostgres> StartAsync()
    {
        var postgres = await EmbeddedPostgres.StartAsync(
            _directory.Path, new DatabaseOptions(), NullLogger.Instance, TimeProvider.System, CancellationToken.None);
        await using var connection = new NpgsqlConnection(postgres.SuperuserConnectionString("postgres"));
        await connection.OpenAsync(CancellationToken.None);
        // Only a crash of the operating system loses what was not synced, and no test outlives that.
        foreach (var statement in new[] { "alter system set fsync = off", "select pg_reload_conf()" })
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }

        return postgres;
    }

    /// <summary>A database that is migrated once; a copy of it takes a fraction of the time of the migrations.</summary>
    private async Task<string> MakeTemplateAsync()
    {
        const string name = "migrated";
        await using var database = await CreateAsync(name, "template1");
        await database.MigrateAsync();
        return name;
    }

    private async Task<TestDatabase> CreateAsync(string name, string template)
    {
        var postgres = await Postgres;
        await using (var connection = new NpgsqlConnection(postgres.SuperuserConnectionString("postgres")))
        {
            await connection.OpenAsync(CancellationToken.None);
            await using var command = new NpgsqlCommand($"create database {name} template {template}", connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }

        return new TestDatabase(
            new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = name }.ConnectionString,
            postgres.SuperuserConnectionString(name));
    }
}
