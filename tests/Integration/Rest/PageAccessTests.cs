using Microsoft.AspNetCore.Http;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;
using Sandbox.Tests.Integration.Changes;
using Sandbox.Tests.Integration.Database;
using Sandbox.Tests.Integration.People;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Rest;

/// <summary>What a page declares decides who reaches it.</summary>
public sealed class PageAccessTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private static readonly NeedsAttribute s_needs = new(Permissions.ExecutionsRead);
    private static readonly OpenToAnyoneAttribute s_open = new();
    private static readonly NeedsSignInAttribute s_needsSignIn = new();
    private TestDatabase _database = null!;
    private Node _node = null!;
    private string _superadmin = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _node = new Node(_database.ConnectionString);
        (_, _superadmin) = await _node.Tokens.IssueAsync(null, "superadmin", [], null, Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task A_page_that_declares_nothing_is_refused_even_to_a_superadmin()
    {
        var (reached, context) = await AskAsync(_superadmin);
        reached.ShouldBeFalse();
        context.Response.StatusCode.ShouldBe(403);
    }

    [Fact(Timeout = Patience)]
    public async Task A_page_that_declares_nothing_leads_a_stranger_to_the_sign_in()
    {
        var (reached, context) = await AskAsync(null);
        reached.ShouldBeFalse();
        context.Response.Headers.Location.ToString().ShouldBe("/signin");
    }

    [Fact(Timeout = Patience)]
    public async Task A_page_that_is_open_to_anyone_is_reached_by_a_stranger_who_may_sign_in_there()
    {
        var (reached, context) = await AskAsync(null, s_open);
        reached.ShouldBeTrue();
        var signIn = context.Features.Get<ISignIn>().ShouldNotBeNull();

        (await signIn.SignInAsync("sbx_" + new string('0', 64), Stop)).ShouldBeFalse();
        context.Response.Headers.SetCookie.ShouldBeEmpty();
        (await signIn.SignInAsync(_superadmin, Stop)).ShouldBeTrue();
        context.Response.Headers.SetCookie.ToString().ShouldStartWith("sandbox_admin=");
    }

    [Fact(Timeout = Patience)]
    public async Task A_permission_outranks_the_declaration_that_a_page_is_open()
    {
        var (reached, context) = await AskAsync(null, s_open, s_needs);
        reached.ShouldBeFalse();
        context.Response.Headers.Location.ToString().ShouldBe("/signin");
        (await AskAsync(_superadmin, s_open, s_needs)).Reached.ShouldBeTrue();
    }

    [Fact(Timeout = Patience)]
    public async Task A_page_for_whoever_is_signed_in_is_reached_by_a_token_without_that_permission_and_by_no_stranger()
    {
        var tenant = await _database.NewTenantAsync("acme");
        await _node.Feed.ReloadAsync(Stop);
        var (_, reader) = await _node.Tokens.IssueAsync(tenant, "reader", [Permissions.ScriptsRead], null, Stop);

        (await AskAsync(reader, s_needsSignIn)).Reached.ShouldBeTrue();
        (await AskAsync(reader, s_needsSignIn, s_needs)).Reached.ShouldBeFalse();
        (await AskAsync(null, s_needsSignIn)).Reached.ShouldBeFalse();
        (await AskAsync(null, s_needsSignIn, s_open)).Context.Response.Headers.Location.ToString().ShouldBe("/signin");
    }

    private async Task<(bool Reached, HttpContext Context)> AskAsync(string? bearer, params object[] declared)
    {
        var reached = false;
        var access = new AccessMiddleware(
            _ =>
            {
                reached = true;
                return Task.CompletedTask;
            },
            _node.Tokens,
            _node.TenantDirectory,
            PeopleRig.Sessions(_database.Db, _node.Tokens, TimeProvider.System),
            new SilentAudit());
        var context = new DefaultHttpContext();
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection([new Access.Page(), .. declared]), "page"));
        if (bearer is not null) context.Request.Headers.Authorization = $"Bearer {bearer}";
        await access.InvokeAsync(context);
        return (reached, context);
    }
}
