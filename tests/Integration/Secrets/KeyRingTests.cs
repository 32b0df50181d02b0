using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Sandbox.Supervisor.Configuration;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Secrets;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Secrets;

/// <summary>The key ring in the database and the key file beside it, composed as the product composes them.</summary>
public sealed class KeyRingTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private static readonly Guid s_tenant = Guid.NewGuid();
    private readonly TempDirectory _here = new();
    private readonly TempDirectory _there = new();
    private readonly List<ServiceProvider> _nodes = [];
    private TestDatabase _database = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await server.NewDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
        await _database.DisposeAsync();
        _here.Dispose();
        _there.Dispose();
    }

    [Fact(Timeout = Patience)]
    public async Task A_first_start_makes_a_file_that_only_its_owner_reads_and_a_key()
    {
        var cipher = await StartAsync(_here.Path);

        cipher.Decrypt(s_tenant, "crm", cipher.Encrypt(s_tenant, "crm", "hunter2!")).ShouldBe("hunter2!");
        var file = Path.Combine(_here.Path, "secrets.key");
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Convert.FromBase64String((await File.ReadAllTextAsync(file, Stop)).Trim()).Length.ShouldBe(32);
        (await ElementsAsync()).Count.ShouldBe(1);
    }

    [Fact(Timeout = Patience)]
    public async Task What_was_encrypted_before_a_restart_opens_after_it()
    {
        var before = (await StartAsync(_here.Path)).Encrypt(s_tenant, "crm", "hunter2!");

        (await StartAsync(_here.Path)).Decrypt(s_tenant, "crm", before).ShouldBe("hunter2!");

        (await ElementsAsync()).Count.ShouldBe(1);
    }

    [Fact(Timeout = Patience)]
    public async Task Nodes_with_the_same_file_share_one_ring_even_where_they_start_at_once()
    {
        var file = await KeyFileAsync();

        var ciphers = await Task.WhenAll(StartAsync(_here.Path, file), StartAsync(_there.Path, file));

        ciphers[1].Decrypt(s_tenant, "crm", ciphers[0].Encrypt(s_tenant, "crm", "hunter2!")).ShouldBe("hunter2!");
        (await ElementsAsync()).Count.ShouldBe(1);
        File.Exists(Path.Combine(_here.Path, "secrets.key")).ShouldBeFalse();
    }

    [Fact(Timeout = Patience)]
    public async Task The_database_holds_no_key_in_plain_text()
    {
        await StartAsync(_here.Path);

        var element = (await ElementsAsync()).ShouldHaveSingleItem();

        element.ShouldContain("underKeyFile");
        element.ShouldNotContain("masterKey");
        element.ShouldNotContain((await File.ReadAllTextAsync(Path.Combine(_here.Path, "secrets.key"), Stop)).Trim());
    }

    [Theory(Timeout = Patience)]
    [InlineData(false, null, "missing")]
    [InlineData(false, "not base64", "base64")]
    [InlineData(false, "c2hvcnQ=", "5 bytes")]
    [InlineData(false, "other", "not the one")]
    [InlineData(true, null, "there is no file")]
    [InlineData(true, "other", "not the one")]
    public async Task A_key_file_that_is_missing_or_wrong_stops_the_start_and_makes_no_key(
        bool isConfigured, string? content, string complaint)
    {
        await StartAsync(_here.Path);
        var file = Path.Combine(_there.Path, isConfigured ? "mine.key" : "secrets.key");
        var text = content == "other" ? Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) : content;
        if (text is not null) await File.WriteAllTextAsync(file, text, Stop);

        var refused = await Should.ThrowAsync<StartupException>(() => StartAsync(_there.Path, isConfigured ? file : ""));

        refused.Message.ShouldContain("Sandbox:Secrets:KeyFile");
        refused.Message.ShouldContain(file);
        refused.Message.ShouldContain(complaint);
        File.Exists(file).ShouldBe(content is not null);
        (await ElementsAsync()).Count.ShouldBe(1);
    }

    [Fact(Timeout = Patience)]
    public async Task A_value_opens_under_its_own_tenant_and_name_alone()
    {
        var cipher = await StartAsync(_here.Path);
        var encrypted = cipher.Encrypt(s_tenant, "crm", "hunter2!");

        Should.Throw<CryptographicException>(() => cipher.Decrypt(Guid.NewGuid(), "crm", encrypted));
        Should.Throw<CryptographicException>(() => cipher.Decrypt(s_tenant, "crm2", encrypted));
        encrypted[^1] ^= 1;
        Should.Throw<CryptographicException>(() => cipher.Decrypt(s_tenant, "crm", encrypted));
    }

    [Fact(Timeout = Patience)]
    public async Task Neither_a_tenants_role_nor_the_owner_reads_the_ring()
    {
        await StartAsync(_here.Path);

        await using var tenant = await _database.AsTenantAsync(s_tenant);
        await Should.ThrowAsync<Npgsql.PostgresException>(() => tenant.ScalarAsync<long>("select count(*) from sandbox.key_ring"));
        await using var owner = await _database.AsAsync(DatabaseRoles.Owner);
        (await owner.ScalarAsync<long>("select count(*) from sandbox.key_ring")).ShouldBe(0);
    }

    /// <summary>A node of its own on the common database, started as far as the key ring.</summary>
    private async Task<SecretCipher> StartAsync(string dataDirectory, string keyFile = "")
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(_database.Db);
        services.AddSingleton(new DataDirectory(dataDirectory));
        services.AddSingleton(TimeProvider.System);
        services.AddSecrets();
        services.AddSingleton(Options.Create(new SecretsOptions { KeyFile = keyFile }));
        var node = services.BuildServiceProvider();
        lock (_nodes) _nodes.Add(node);
        await ActivatorUtilities.CreateInstance<KeyRingOpening>(node).StartAsync(Stop);
        return node.GetRequiredService<SecretCipher>();
    }

    private async Task<string> KeyFileAsync()
    {
        var file = Path.Combine(_there.Path, "shared.key");
        await File.WriteAllTextAsync(file, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), Stop);
        return file;
    }

    private async Task<List<string>> ElementsAsync()
    {
        await using var admin = await _database.AsSuperuserAsync();
        return await admin.ColumnAsync<string>("select element from sandbox.key_ring");
    }
}
