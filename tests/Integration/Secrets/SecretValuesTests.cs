using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Secrets;
using Sandbox.Tests.Integration.Changes;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Secrets;

/// <summary>Two nodes on one database with one key ring. Their clocks stand still unless a test moves them.</summary>
public sealed class SecretValuesTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
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
    public async Task A_value_written_on_one_node_is_the_others_too()
    {
        await PutAsync("crm", "hunter2!");
        (await ReadThereAsync("crm")).ShouldBe("hunter2!");

        await PutAsync("crm", "hunter3!");
        (await ReadThereAsync("crm")).ShouldBe("hunter3!");

        (await _here.Secrets.DeleteAsync(Writer, "crm", Stop)).Value.ShouldBeTrue();
        (await ReadThereAsync("crm")).ShouldBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task Every_change_of_a_tenants_secrets_drops_its_values_and_no_others()
    {
        var other = await _database.NewTenantAsync("other");
        await PutAsync("crm", "hunter2!");
        (await _here.Secrets.PutAsync(Principal.System("test", other), "crm", "others!", Stop)).Problem.ShouldBeNull();
        await _here.SecretValues.GetAsync(_tenant, "crm", Stop);
        await _here.SecretValues.GetAsync(other, "crm", Stop);
        _here.SecretValues.Count.ShouldBe(2);

        await PutAsync("mail", "hunter3!");

        _here.SecretValues.Count.ShouldBe(1);
        (await _here.SecretValues.GetAsync(other, "crm", Stop)).ShouldBe("others!");
    }

    [Fact(Timeout = Patience)]
    public async Task A_value_is_in_memory_for_a_minute_at_most_though_nobody_asks_for_it()
    {
        await PutAsync("crm", "hunter2!");
        await _here.SecretValues.GetAsync(_tenant, "crm", Stop);
        _time.Advance(TimeSpan.FromSeconds(30));
        _here.SecretValues.Count.ShouldBe(1);

        _time.Advance(TimeSpan.FromSeconds(30));

        _here.SecretValues.Count.ShouldBe(0);
    }

    [Fact(Timeout = Patience)]
    public async Task A_deleted_tenant_leaves_no_value()
    {
        await PutAsync("crm", "hunter2!");
        await _here.SecretValues.GetAsync(_tenant, "crm", Stop);

        (await _here.Tenants.DeleteAsync(Principal.System("test", null), "acme", "acme", null, Stop)).Value.ShouldBeTrue();

        _here.SecretValues.Count.ShouldBe(0);
        (await _here.SecretValues.GetAsync(_tenant, "crm", Stop)).ShouldBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task A_row_that_was_copied_to_another_tenant_does_not_open()
    {
        var other = await _database.NewTenantAsync("other");
        await PutAsync("crm", "hunter2!");
        await using var admin = await _database.AsSuperuserAsync();
        await admin.ExecAsync(
            $"""
            insert into sandbox.secrets (tenant_id, name, cipher, updated_by)
            select '{other}', name, cipher, updated_by from sandbox.secrets
            """);

        await Should.ThrowAsync<CryptographicException>(() => _here.SecretValues.GetAsync(other, "crm", Stop).AsTask());

        (await _here.SecretValues.GetAsync(_tenant, "crm", Stop)).ShouldBe("hunter2!");
    }

    [Fact(Timeout = Patience)]
    public async Task A_tenants_role_sees_its_own_secrets_alone()
    {
        var other = await _database.NewTenantAsync("other");
        await PutAsync("crm", "hunter2!");

        await using var own = await _database.AsTenantAsync(_tenant);
        await using var stranger = await _database.AsTenantAsync(other);

        (await own.ScalarAsync<long>("select count(*) from sandbox.secrets")).ShouldBe(1);
        (await stranger.ScalarAsync<long>("select count(*) from sandbox.secrets")).ShouldBe(0);
        (await stranger.ExecAsync("update sandbox.secrets set updated_by = 'eve'")).ShouldBe(0);
    }

    [Fact(Timeout = Patience)]
    public async Task A_tenant_has_a_thousand_secrets_at_most_however_many_write_at_once()
    {
        await using var admin = await _database.AsSuperuserAsync();
        await admin.ExecAsync(
            $"""
            insert into sandbox.secrets (tenant_id, name, cipher, updated_by)
            select '{_tenant}', 's' || n, '\x00', 'test' from generate_series(1, {SecretStore.CountMax - 2}) n
            """);

        var written = await Task.WhenAll(Enumerable.Range(0, 6).Select(n => _here.Secrets.PutAsync(Writer, $"new-{n}", "hunter2!", Stop)));

        written.Count(result => result.Problem is null).ShouldBe(2);
        var problem = written.First(result => result.Problem is not null).Problem!;
        (problem.Status, problem.Code).ShouldBe((409, Codes.QuotaExceeded));
        problem.Detail.ShouldContain("1000 secrets");
        (await _here.Secrets.PutAsync(Writer, "s1", "hunter2!", Stop)).Value.ShouldNotBeNull().IsNew.ShouldBeFalse();
    }

    private async Task PutAsync(string name, string value) =>
        (await _here.Secrets.PutAsync(Writer, name, value, Stop)).Problem.ShouldBeNull();

    private async Task<string?> ReadThereAsync(string name)
    {
        await _there.Feed.CatchUpAsync(Stop);
        return await _there.SecretValues.GetAsync(_tenant, name, Stop);
    }
}
