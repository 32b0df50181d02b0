using Microsoft.AspNetCore.Http;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;
using Sandbox.Tests.Integration.Changes;
using Sandbox.Tests.Integration.Database;
using Sandbox.Tests.Integration.People;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Rest;

/// <summary>Endpoints that someone forgot to close.</summary>
public sealed class AccessMiddlewareTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private TestDatabase _database = null!;
    private Node _node = null!;
    private string _superadmin = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _node = new Node(_database.ConnectionString);
        _superadmin = (await _node.Tokens.IssueAsync(null, "root", [], null, Stop)).Value;
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task An_endpoint_that_declares_nothing_is_refused_to_a_superadmin_too() =>
        (await EnterAsync("a summary")).ShouldBe((403, false));

    [Fact(Timeout = Patience)]
    public async Task A_page_that_names_no_permission_is_refused_to_a_superadmin_too() =>
        (await EnterAsync(new Access.Page())).ShouldBe((403, false));

    [Fact(Timeout = Patience)]
    public async Task An_endpoint_that_declares_its_need_is_entered() =>
        (await EnterAsync(new Access.Superadmin())).ShouldBe((200, true));

    private async Task<(int Status, bool Entered)> EnterAsync(params object[] metadata)
    {
        var entered = false;
        var middleware = new AccessMiddleware(
            _ =>
            {
                entered = true;
                return Task.CompletedTask;
            },
            _node.Tokens,
            _node.TenantDirectory,
            PeopleRig.Sessions(_database.Db, _node.Tokens, TimeProvider.System),
            new SilentAudit());
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = $"Bearer {_superadmin}";
        context.SetEndpoint(new Endpoint(_ => Task.CompletedTask, new EndpointMetadataCollection(metadata), "forgotten"));
        await middleware.InvokeAsync(context);
        return (context.Response.StatusCode, entered);
    }
}
