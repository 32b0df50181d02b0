using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Changes;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Connections;

/// <summary>Two nodes on one database with one key ring, whose clocks stand still.</summary>
public sealed class OpenConnectionsTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private const string Secret = "zebra-4711-crossing";
    private readonly FakeTimeProvider _time = new();
    private TestDatabase _database = null!;
    private Node _here = null!;
    private Node _there = null!;
    private Guid _tenant;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Principal Writer => Principal.System("test", _tenant);

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        var protection = new EphemeralDataProtectionProvider();
        _here = new Node(_database.ConnectionString, _time, protection: protection);
        _there = new Node(_database.ConnectionString, _time, protection: protection);
        await _here.StartAsync();
        await _there.StartAsync();
        _tenant = await _database.NewTenantAsync("acme");
    }

    public async ValueTask DisposeAsync()
    {
        await _here.DisposeAsync();
        await _there.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task A_connection_written_on_one_node_is_the_others_too()
    {
        await PutAsync("api.example.com", Secret);
        (await ReadThereAsync())!.Secret.ShouldBe(Secret);

        await PutAsync("other.example.com", "another-secret");
        var changed = (await ReadThereAsync()).ShouldNotBeNull();
        (changed.Secret, changed.Connection.Hosts[0]).ShouldBe(("another-secret", "other.example.com"));

        (await _here.Connections.DeleteAsync(Writer, "crm", Stop)).Value.ShouldBeTrue();
        (await ReadThereAsync()).ShouldBeNull();
    }

    [Theory(Timeout = Patience)]
    [InlineData("hosts = '{evil.example.com}'")]
    [InlineData("token_url = 'https://evil.example.com/token'")]
    [InlineData("name = 'other'")]
    public async Task A_row_that_was_changed_to_send_the_secret_elsewhere_does_not_open(string change)
    {
        var made = await _here.Connections.PutAsync(
            Writer,
            "crm",
            new ConnectionWrite
            {
                Type = ConnectionType.OAuth2,
                Hosts = ["api.example.com"],
                TokenUrl = "https://id.example.com/token",
                ClientId = "client",
                ClientSecret = Secret,
            },
            Stop);
        made.Problem.ShouldBeNull();
        await using var admin = await _database.AsSuperuserAsync();
        (await admin.ExecAsync($"update sandbox.connections set {change}")).ShouldBe(1);

        await Should.ThrowAsync<CryptographicException>(
            () => _there.OpenConnections.GetAsync(_tenant, change.StartsWith("name", StringComparison.Ordinal) ? "other" : "crm", Stop).AsTask());
    }

    [Fact(Timeout = Patience)]
    public async Task The_secret_is_in_no_column_in_plain()
    {
        await PutAsync("api.example.com", Secret);
        await using var admin = await _database.AsSuperuserAsync();

        var row = (await admin.ColumnAsync<string>("select row::text from sandbox.connections row")).ShouldHaveSingleItem();

        row.ShouldContain("api.example.com");
        row.ShouldNotContain(Secret);
        row.ShouldNotContain(Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(Secret)));
    }

    private async Task PutAsync(string host, string value)
    {
        var write = new ConnectionWrite { Type = ConnectionType.Header, Hosts = [host], Header = "X-Key", Value = value };
        (await _here.Connections.PutAsync(Writer, "crm", write, Stop)).Problem.ShouldBeNull();
    }

    private async Task<Supervisor.Connections.OpenConnection?> ReadThereAsync()
    {
        await _there.Feed.CatchUpAsync(Stop);
        return await _there.OpenConnections.GetAsync(_tenant, "crm", Stop);
    }
}
