using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Changes;

/// <summary>A row that a newer version, or a hand, wrote.</summary>
public sealed class UnreadableTriggerTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private TestDatabase _database = null!;
    private Node _node = null!;
    private Guid _tenant;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _tenant = await _database.NewTenantAsync("acme");
        _node = new Node(_database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory(Timeout = Patience)]
    [InlineData("""{"path":"/bad","methods":["GET"],"auth":"retina"}""")]
    [InlineData("""{"path":"/bad","methods":["GET"],"newer":1}""")]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task One_that_cannot_be_read_disables_its_own_script_and_no_other(string trigger)
    {
        await CreateAsync("good");
        await CreateAsync("bad");
        await using (var admin = await _database.AsSuperuserAsync())
            await admin.ExecAsync($"update sandbox.scripts set trigger = '{trigger}' where name = 'bad'");

        await using var restarted = new Node(_database.ConnectionString);
        await restarted.StartAsync();

        restarted.Route(_tenant, "/good").ShouldNotBeNull().IsReadable.ShouldBeTrue();
        restarted.Route(_tenant, "/bad").ShouldNotBeNull().IsReadable.ShouldBeFalse();
        var listed = (await restarted.Scripts.ListAsync(Writer(), new ScriptFilter(), new PageRequest(), Stop)).Value.ShouldNotBeNull().Items;
        listed.Select(script => (script.Name, script.Enabled)).ShouldBe([("bad", false), ("good", true)]);
        listed[0].Warnings.ShouldNotBeNull().ShouldHaveSingleItem().ShouldContain("trigger");
        listed[1].Warnings.ShouldBeNull();

        (await restarted.Scripts.UpdateAsync(Writer(), "bad", new ScriptWrite { Title = "x" }, null, Stop)).Problem.ShouldNotBeNull().Errors[0].Field.ShouldBe("trigger");
        (await restarted.Scripts.UpdateAsync(Writer(), "bad", new ScriptWrite { Trigger = new RawJson("""{"path":"/bad"}"""), Enabled = true }, null, Stop)).Value.ShouldNotBeNull();
        restarted.Route(_tenant, "/bad").ShouldNotBeNull().IsReadable.ShouldBeTrue();
    }

    private async Task CreateAsync(string name) =>
        (await _node.Scripts.CreateAsync(Writer(), new ScriptWrite { Name = name, Kind = ScriptKind.Http, Source = "return 1", Trigger = new RawJson($$"""{"path":"/{{name}}"}""") }, Stop)).Value.ShouldNotBeNull();

    private Principal Writer() => new(PrincipalKind.Token, Guid.NewGuid(), "ci", _tenant, Superadmin: false, Permissions.All.ToHashSet(StringComparer.Ordinal));
}
