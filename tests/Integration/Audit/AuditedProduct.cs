using Npgsql;
using Sandbox.Tests.Integration.Database;
using Sandbox.Tests.Integration.Product;
using Xunit;

namespace Sandbox.Tests.Integration.Audit;

/// <summary>A running product whose database the tests look into.</summary>
public sealed class AuditedProduct(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase? _database;
    private RunningProduct? _product;

    internal RunningProduct Product => _product ?? throw new InvalidOperationException("Not started.");

    internal string Superadmin => Product.Env["SANDBOX_ADMIN_TOKEN"];

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _product = await RunningProduct.StartAsync($"\"--Sandbox:Database:ConnectionString={_database.Superuser}\"");
    }

    public async ValueTask DisposeAsync()
    {
        if (_product is not null) await _product.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }

    internal Task<NpgsqlConnection> AsSuperuserAsync() => _database!.AsSuperuserAsync();

    /// <summary>Rows of the audit, of all tenants, that a condition on <c>a</c> holds for.</summary>
    internal async Task<long> CountAsync(string condition)
    {
        await using var superuser = await AsSuperuserAsync();
        return await superuser.ScalarAsync<long>($"select count(*) from sandbox.audit a where {condition}");
    }
}
