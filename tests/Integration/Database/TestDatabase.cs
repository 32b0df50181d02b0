using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Sandbox.Supervisor.Database;
using Xunit;

namespace Sandbox.Tests.Integration.Database;

/// <summary>A database of one test class, and the ways into it.</summary>
internal sealed class TestDatabase(string connectionString, string superuser) : IAsyncDisposable
{
    public string ConnectionString => connectionString;

    public string Superuser => superuser;

    public Db Db { get; } = new();

    public Task MigrateAsync() =>
        DatabaseBootstrap.PrepareAsync(connectionString, superuser, NullLogger.Instance, TimeProvider.System, CancellationToken.None);

    /// <summary>Opens the ways into a database that is migrated.</summary>
    public void Open() => Db.Open(connectionString, 8);

    public Task<NpgsqlConnection> AsSuperuserAsync() => OpenAsync(superuser);

    public Task<NpgsqlConnection> AsAsync(string role) => OpenAsync(Db.ConnectionStringFor(connectionString, role, pool: 0));

    /// <summary>As the tenants' role, with the tenant set for the whole session.</summary>
    public async Task<NpgsqlConnection> AsTenantAsync(Guid tenantId)
    {
        var connection = await AsAsync(DatabaseRoles.Tenant);
        await connection.ExecAsync($"select set_config('sandbox.tenant_id', '{tenantId}', false)");
        return connection;
    }

    public async Task<Guid> NewTenantAsync(string slug)
    {
        var id = Guid.CreateVersion7();
        await using var system = await AsAsync(DatabaseRoles.System);
        await system.ExecAsync($"insert into sandbox.tenants (id, slug, name, concurrency, executions_per_minute, history_bytes) values ('{id}', '{slug}', 'Tenant', 10, 6000, 1000)");
        return id;
    }

    public ValueTask DisposeAsync() => Db.DisposeAsync();

    private static async Task<NpgsqlConnection> OpenAsync(string text)
    {
        var connection = new NpgsqlConnection(text);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }
}

/// <summary>Raw SQL, as short as a test wants it.</summary>
internal static class RawSql
{
    public static async Task<int> ExecAsync(this NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public static async Task<T> ScalarAsync<T>(this NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public static async Task<List<T>> ColumnAsync<T>(this NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var values = new List<T>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            values.Add(await reader.GetFieldValueAsync<T>(0, TestContext.Current.CancellationToken));
        return values;
    }
}
