using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;
using Sandbox.Tests.Integration.Changes;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Scripts;

/// <summary>The service called directly, as a page would: it asks for the permissions itself.</summary>
public sealed class ScriptServiceTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private TestDatabase _database = null!;
    private Node _node = null!;
    private ScriptService _service = null!;
    private Guid _tenant;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _tenant = await _database.NewTenantAsync("acme");
        _node = new Node(_database.ConnectionString);
        _service = _node.Scripts;
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Every_write_is_refused_to_a_principal_without_its_permission()
    {
        await CreateAsync("price");
        var reader = Holder(Permissions.ScriptsRead, Permissions.ScriptsExecute);

        Refused(await _service.CreateAsync(reader, NewScript("other"), Stop), Permissions.ScriptsCreate);
        Refused(await _service.UpdateAsync(reader, "price", new ScriptWrite { Title = "x" }, null, Stop), Permissions.ScriptsUpdate);
        Refused(await _service.SetEnabledAsync(reader, "price", false, null, null, Stop), Permissions.ScriptsUpdate);
        Refused(await _service.SetPausedAsync(reader, "price", true, null, Stop), Permissions.ScriptsUpdate);
        Refused(await _service.RollbackAsync(reader, "price", 1, null, Stop), Permissions.ScriptsUpdate);
        Refused(await _service.DeleteAsync(reader, "price", null, Stop), Permissions.ScriptsDelete);
        (await _service.GetAsync(reader, "price", Stop)).Value.ShouldNotBeNull().Enabled.ShouldBeTrue();
        (await _service.GetAsync(reader, "other", Stop)).Problem.ShouldNotBeNull().Status.ShouldBe(404);
    }

    [Fact(Timeout = Patience)]
    public async Task A_new_version_goes_live_only_with_publish()
    {
        await CreateAsync("price");
        var editor = Holder(Permissions.ScriptsCreate, Permissions.ScriptsUpdate);
        (ScriptWrite Write, string Field)[] versions =
        [
            (new ScriptWrite { Source = "return 2" }, "source"),
            (new ScriptWrite { Uses = new RawJson("""{"email":true}""") }, "uses"),
            (new ScriptWrite { InputSchema = new RawJson("""{"type":"object"}""") }, "input_schema"),
        ];
        foreach (var (write, field) in versions)
            Refused(await _service.UpdateAsync(editor, "price", write, null, Stop), Permissions.ScriptsPublish, field);
        Refused(await _service.RollbackAsync(editor, "price", 1, null, Stop), Permissions.ScriptsPublish);
        (await _service.GetAsync(Holder(Permissions.ScriptsRead), "price", Stop)).Value.ShouldNotBeNull().Version.ShouldBe(1);

        (await _service.UpdateAsync(editor, "price", new ScriptWrite { Title = "x", Source = "return 1" }, null, Stop)).Value.ShouldNotBeNull().Version.ShouldBe(1);
        var publisher = Holder(Permissions.ScriptsUpdate, Permissions.ScriptsPublish);
        (await _service.UpdateAsync(publisher, "price", new ScriptWrite { Source = "return 2" }, null, Stop)).Value.ShouldNotBeNull().Version.ShouldBe(2);
        (await _service.RollbackAsync(publisher, "price", 1, null, Stop)).Value.ShouldNotBeNull().Version.ShouldBe(3);
        Refused(await _service.UpdateAsync(Holder(Permissions.ScriptsPublish), "price", new ScriptWrite { Source = "return 3" }, null, Stop), Permissions.ScriptsUpdate);
    }

    [Fact(Timeout = Patience)]
    public async Task A_new_script_that_declares_rights_needs_publish_too()
    {
        var creator = Holder(Permissions.ScriptsCreate);
        Refused(await _service.CreateAsync(creator, NewScript("mailer") with { Uses = new RawJson("""{"email":true}""") }, Stop), Permissions.ScriptsPublish);
        (await _service.CreateAsync(creator, NewScript("plain"), Stop)).Value.ShouldNotBeNull();
        (await _service.CreateAsync(creator, NewScript("empty") with { Uses = new RawJson("{ }") }, Stop)).Value.ShouldNotBeNull();
        (await _service.CreateAsync(Holder(Permissions.ScriptsCreate, Permissions.ScriptsPublish), NewScript("mailer") with { Uses = new RawJson("""{"email":true}""") }, Stop)).Value.ShouldNotBeNull();
    }

    private static ScriptWrite NewScript(string name) => new() { Name = name, Kind = ScriptKind.Embedded, Source = "return 1" };

    private Principal Holder(params string[] permissions) => new(PrincipalKind.Token, Guid.NewGuid(), "ci", _tenant, Superadmin: false, permissions.ToHashSet(StringComparer.Ordinal));

    private async Task CreateAsync(string name) => (await _service.CreateAsync(Holder(Permissions.ScriptsCreate), NewScript(name), Stop)).Value.ShouldNotBeNull();

    private static void Refused<T>(Result<T> result, string permission, string? what = null)
    {
        var problem = result.Problem.ShouldNotBeNull(what);
        problem.Status.ShouldBe(403, what);
        problem.Code.ShouldBe(Codes.NotAllowed, what);
        problem.Detail.ShouldContain(permission, Case.Sensitive, what);
    }
}
