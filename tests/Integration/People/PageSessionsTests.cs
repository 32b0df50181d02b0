using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.People;
using Sandbox.Tests.Integration.Changes;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.People;

/// <summary>How long a browser is signed in, as whom, and what ends it.</summary>
public sealed class PageSessionsTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private TestDatabase _database = null!;
    private Node _node = null!;
    private PageSessions _sessions = null!;
    private Guid _acme;
    private Guid _globex;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _acme = await _database.NewTenantAsync("acme");
        _globex = await _database.NewTenantAsync("globex");
        _node = new Node(_database.ConnectionString, _time);
        await _node.Feed.ReloadAsync(Stop);
        _sessions = PeopleRig.Sessions(_database.Db, _node.Tokens, _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task A_session_ends_after_twelve_hours_without_use()
    {
        var cookie = await StartAsync(await PersonAsync(superadmin: true));

        _time.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        (await WhoAsync(cookie)).ShouldNotBeNull();
        _time.Advance(TimeSpan.FromHours(12));
        (await WhoAsync(cookie)).ShouldBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task A_page_that_is_left_open_and_asks_what_is_new_does_not_keep_its_session()
    {
        var cookie = await StartAsync(await PersonAsync(superadmin: true));
        for (var hours = 0; hours < 11; hours++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            (await WhoAsync(cookie, fetches: true)).ShouldNotBeNull();
        }

        _time.Advance(TimeSpan.FromHours(1));
        (await WhoAsync(cookie, fetches: true)).ShouldBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task A_session_in_use_ends_after_seven_days()
    {
        var cookie = await StartAsync(await PersonAsync(superadmin: true));

        for (var hours = 0; hours < 160; hours += 8)
        {
            _time.Advance(TimeSpan.FromHours(8));
            (await WhoAsync(cookie)).ShouldNotBeNull();
        }

        _time.Advance(TimeSpan.FromHours(8));
        (await WhoAsync(cookie)).ShouldBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task The_table_holds_no_cookie_and_those_that_are_over_leave_it()
    {
        var cookie = await StartAsync(await PersonAsync(superadmin: true));
        await using var admin = await _database.AsSuperuserAsync();
        (await admin.ScalarAsync<long>($"select count(*) from sandbox.sessions s where s::text like '%{cookie.Split('=')[1]}%'")).ShouldBe(0);
        (await admin.ScalarAsync<string>("select user_agent from sandbox.sessions")).ShouldBe(new string('a', 300));

        _time.Advance(TimeSpan.FromHours(13));
        await StartAsync(await PersonAsync(superadmin: true));
        (await admin.ScalarAsync<long>("select count(*) from sandbox.sessions")).ShouldBe(1);
    }

    [Fact(Timeout = Patience)]
    public async Task Disabling_a_person_ends_the_session()
    {
        var person = await PersonAsync(superadmin: true);
        var cookie = await StartAsync(person);
        (await WhoAsync(cookie)).ShouldNotBeNull().Superadmin.ShouldBeTrue();

        await ExecAsync($"update sandbox.people set disabled_at = now() where id = '{person}'");

        (await WhoAsync(cookie)).ShouldBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task Revoking_a_token_ends_its_session()
    {
        var (token, value) = await _node.Tokens.IssueAsync(_acme, "ci", [Permissions.ScriptsRead], null, Stop);
        var context = Browser(null);
        (await _sessions.SignInOf(context).SignInAsync(value, Stop)).ShouldBeTrue();
        var cookie = CookieOf(context);
        var who = (await WhoAsync(cookie)).ShouldNotBeNull();
        (who.Kind, who.Id, who.Name, who.TenantId, who.Superadmin).ShouldBe((PrincipalKind.Token, token.Id, "ci", (Guid?)_acme, false));
        who.Granted.ShouldBe([Permissions.ScriptsRead]);

        (await _node.Tokens.RevokeAsync(Principal.System("test", _acme), TokenOwner.Tenant, token.Id, Stop)).Problem.ShouldBeNull();

        (await WhoAsync(cookie)).ShouldBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task A_member_acts_by_role_in_its_own_tenants_alone_and_is_out_once_removed_from_all()
    {
        var person = await PersonAsync(superadmin: false);
        await ExecAsync($"insert into sandbox.members (tenant_id, person_id, role, created_at) values ('{_acme}', '{person}', 'viewer', now())");
        await ExecAsync($"insert into sandbox.members (tenant_id, person_id, role, created_at) values ('{_globex}', '{person}', 'operator', now() + interval '1 s')");
        await _database.NewTenantAsync("other");
        var cookie = await StartAsync(person);

        var first = (await WhoAsync(cookie)).ShouldNotBeNull();
        var second = (await WhoAsync(cookie, "globex")).ShouldNotBeNull();
        var third = (await WhoAsync(cookie, "other")).ShouldNotBeNull();

        (first.Kind, first.TenantId).ShouldBe((PrincipalKind.Member, (Guid?)_acme));
        first.Granted.ShouldBe(Roles.All[Roles.Viewer], ignoreOrder: true);
        second.TenantId.ShouldBe(_globex);
        second.Granted.ShouldBe(Roles.All[Roles.Operator], ignoreOrder: true);
        third.TenantId.ShouldBeNull();
        third.Granted.ShouldBeEmpty();

        await ExecAsync($"delete from sandbox.members where tenant_id = '{_globex}'");
        (await WhoAsync(cookie, "globex")).ShouldNotBeNull().Granted.ShouldBeEmpty();
        await ExecAsync("delete from sandbox.members");
        (await WhoAsync(cookie)).ShouldBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task Signing_out_and_signing_in_again_end_the_session_that_was()
    {
        var person = await PersonAsync(superadmin: true);
        var first = await StartAsync(person);
        var again = Browser(first);
        await _sessions.StartAsync(again, person, null, Stop);
        var second = CookieOf(again);
        (await WhoAsync(first)).ShouldBeNull();
        (await WhoAsync(second)).ShouldNotBeNull();

        await _sessions.EndAsync(Browser(second));

        (await WhoAsync(second)).ShouldBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task Over_https_the_cookie_is_bound_to_the_host()
    {
        var context = Browser(null);
        context.Request.Scheme = "https";
        await _sessions.StartAsync(context, await PersonAsync(superadmin: true), null, Stop);

        var cookie = context.Response.Headers.SetCookie.ToString();
        cookie.ShouldStartWith("__Host-sandbox_admin=");
        cookie.ShouldContain("; secure", Case.Insensitive);
        cookie.ShouldContain("; httponly", Case.Insensitive);
    }

    private static DefaultHttpContext Browser(string? cookie, bool fetches = false)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Headers["Sec-Fetch-Dest"] = fetches ? "empty" : "document";
        context.Request.Headers.UserAgent = new string('a', 400);
        if (cookie is not null) context.Request.Headers.Cookie = cookie;
        return context;
    }

    private static string CookieOf(HttpContext context) => context.Response.Headers.SetCookie.ToString().Split(';')[0];

    private async Task<string> StartAsync(Guid person)
    {
        var context = Browser(null);
        await _sessions.StartAsync(context, person, null, Stop);
        return CookieOf(context);
    }

    private ValueTask<Principal?> WhoAsync(string cookie, string tenant = "", bool fetches = false) =>
        _sessions.PrincipalAsync(Browser(cookie, fetches), tenant);

    private async Task<Guid> PersonAsync(bool superadmin)
    {
        var id = Guid.NewGuid();
        await ExecAsync($"insert into sandbox.people (id, email, name, superadmin) values ('{id}', '{id}@example.com', 'Ann', {superadmin})");
        return id;
    }

    private async Task ExecAsync(string sql)
    {
        await using var admin = await _database.AsSuperuserAsync();
        await admin.ExecAsync(sql);
    }
}
