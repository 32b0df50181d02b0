using Microsoft.Extensions.Time.Testing;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Changes;

/// <summary>Two nodes on one database. Their clocks stand still, so that no poll helps where a notification should.</summary>
public sealed class ChangesFeedTests(PostgresServer server) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private static readonly Principal s_system = Principal.System("test", tenantId: null);
    private readonly FakeTimeProvider _time = new();
    private TestDatabase _database = null!;
    private Node _here = null!;
    private Node _there = null!;
    private Tenant _tenant = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _here = new Node(_database.ConnectionString, _time);
        _there = new Node(_database.ConnectionString, _time);
        await _here.StartAsync();
        await _there.StartAsync();
        _tenant = (await _here.Tenants.CreateAsync(s_system, new TenantWrite { Slug = "acme", Name = "Acme", Hosts = ["acme.example"] }, Stop)).Value.ShouldNotBeNull();
        await CaughtUpAsync(_there);
    }

    public async ValueTask DisposeAsync()
    {
        await _here.DisposeAsync();
        await _there.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task A_tenant_suspended_on_one_node_is_suspended_on_the_other_and_what_it_runs_there_ends()
    {
        _there.TenantDirectory.ByHost("acme.example").ShouldNotBeNull().Suspended.ShouldBeFalse();

        (await _here.Tenants.SetSuspendedAsync(s_system, "acme", true, null, Stop)).Value.ShouldNotBeNull();
        _here.TenantDirectory.BySlug("acme")!.Suspended.ShouldBeTrue();
        await CaughtUpAsync(_there);

        _there.TenantDirectory.ByHost("acme.example")!.Suspended.ShouldBeTrue();
        _there.Executions.Evicted.ShouldBe([_tenant.Id]);
    }

    [Fact(Timeout = Patience)]
    public async Task A_tenant_deleted_on_one_node_is_gone_on_the_other_with_its_routes_and_tokens()
    {
        await EndpointAsync(_here, "orders", "/orders");
        var (_, value) = await _here.Tokens.IssueAsync(_tenant.Id, "ci", [Permissions.ScriptsRead], null, Stop);
        (await _there.Tokens.AuthenticateAsync(value, Stop)).ShouldNotBeNull();
        await CaughtUpAsync(_there);
        _there.Route(_tenant.Id, "/orders").ShouldNotBeNull();

        (await _here.Tenants.DeleteAsync(s_system, "acme", "acme", null, Stop)).Value.ShouldBeTrue();
        await CaughtUpAsync(_there);

        _there.TenantDirectory.ById(_tenant.Id).ShouldBeNull();
        _there.Route(_tenant.Id, "/orders").ShouldBeNull();
        (await _there.Tokens.AuthenticateAsync(value, Stop)).ShouldBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task An_endpoint_deleted_on_one_node_is_gone_on_the_other()
    {
        var script = await EndpointAsync(_here, "orders", "/orders/{id}");
        _here.Route(_tenant.Id, "/orders/1").ShouldNotBeNull();
        await CaughtUpAsync(_there);
        _there.Route(_tenant.Id, "/orders/1").ShouldNotBeNull().ScriptId.ShouldBe(script.Id);
        (await _there.Live.GetAsync(_tenant.Id, "orders", Stop)).ShouldNotBeNull();

        (await _here.Scripts.DeleteAsync(Writer(), "orders", null, Stop)).Value.ShouldBeTrue();
        _here.Route(_tenant.Id, "/orders/1").ShouldBeNull();
        await CaughtUpAsync(_there);

        _there.Route(_tenant.Id, "/orders/1").ShouldBeNull();
        (await _there.Live.GetAsync(_tenant.Id, "orders", Stop)).ShouldBeNull();
        (await _there.Live.GetAsync(_tenant.Id, script.Id, Stop)).ShouldBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task A_token_revoked_on_one_node_opens_nothing_on_the_other()
    {
        var (token, value) = await _here.Tokens.IssueAsync(_tenant.Id, "ci", [Permissions.ScriptsRead], null, Stop);
        (await _there.Tokens.AuthenticateAsync(value, Stop)).ShouldNotBeNull();

        (await _here.Tokens.RevokeAsync(Writer(), TokenOwner.Tenant, token.Id, Stop)).Value.ShouldBeTrue();
        await CaughtUpAsync(_there);

        (await _there.Tokens.AuthenticateAsync(value, Stop)).ShouldBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task A_name_that_passed_to_another_script_leads_to_that_one_on_every_node()
    {
        var first = await EndpointAsync(_here, "orders", "/first");
        (await _there.Live.GetAsync(_tenant.Id, "orders", Stop)).ShouldNotBeNull().Id.ShouldBe(first.Id);

        await _here.Scripts.UpdateAsync(Writer(), "orders", new ScriptWrite { Name = "old-orders" }, null, Stop);
        var second = await EndpointAsync(_here, "orders", "/second");
        await CaughtUpAsync(_there);

        (await _there.Live.GetAsync(_tenant.Id, "old-orders", Stop))!.Id.ShouldBe(first.Id);
        (await _there.Live.GetAsync(_tenant.Id, "orders", Stop))!.Id.ShouldBe(second.Id);
        _there.Route(_tenant.Id, "/first")!.ScriptName.ShouldBe("old-orders");
    }

    [Fact(Timeout = Patience)]
    public async Task A_load_that_began_before_a_delete_does_not_bring_the_script_back()
    {
        var (begun, goOn) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var slow = new Node(_database.ConnectionString, _time, read => async (tenant, id, cancel) =>
        {
            var script = await read(tenant, id, cancel);
            begun.TrySetResult();
            await goOn.Task.WaitAsync(cancel);
            return script;
        });
        await slow.StartAsync();
        var script = await EndpointAsync(_here, "orders", "/orders");
        var loading = slow.Live.GetAsync(_tenant.Id, script.Id, Stop).AsTask();
        await begun.Task.WaitAsync(Stop);

        await _here.Scripts.DeleteAsync(Writer(), "orders", null, Stop);
        await CaughtUpAsync(slow);
        goOn.SetResult();
        await loading;

        (await slow.Live.GetAsync(_tenant.Id, script.Id, Stop)).ShouldBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task What_changed_while_the_feeds_connection_was_broken_is_applied_after_it()
    {
        await using var admin = await _database.AsSuperuserAsync();
        // No trigger fires and nothing is notified: as if the broken connection had missed it.
        await admin.ExecAsync($"""
            set session_replication_role = replica;
            update sandbox.tenants set suspended = true, updated_at = clock_timestamp() where id = '{_tenant.Id}';
            set session_replication_role = origin
            """);
        _there.TenantDirectory.ById(_tenant.Id)!.Suspended.ShouldBeFalse();

        (await admin.ScalarAsync<long>("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and query = 'listen sandbox_changes'")).ShouldBe(2);
        await EndpointAsync(_here, "orders", "/orders");
        await CaughtUpAsync(_there);

        _there.Route(_tenant.Id, "/orders").ShouldNotBeNull();
        (await _there.Executions.First.WaitAsync(Stop)).ShouldBe(_tenant.Id);
        _there.TenantDirectory.ById(_tenant.Id)!.Suspended.ShouldBeTrue();
    }

    [Fact(Timeout = Patience)]
    public async Task A_change_whose_notification_is_lost_is_found_within_a_second()
    {
        await using var admin = await _database.AsSuperuserAsync();
        await admin.ExecAsync($"""
            set session_replication_role = replica;
            update sandbox.tenants set suspended = true, updated_at = clock_timestamp() where id = '{_tenant.Id}';
            insert into sandbox.changes (kind, tenant_id, id) values ('tenant', '{_tenant.Id}', '{_tenant.Id}');
            set session_replication_role = origin
            """);
        var applied = _there.Feed.ReachedAsync(await LastAsync());
        _there.TenantDirectory.ById(_tenant.Id)!.Suspended.ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(1));
        await applied.WaitAsync(Stop);

        _there.TenantDirectory.ById(_tenant.Id)!.Suspended.ShouldBeTrue();
    }

    [Fact(Timeout = Patience)]
    public async Task Two_nodes_that_take_the_same_route_at_once_do_not_both_get_it()
    {
        for (var i = 0; i < 20; i++)
        {
            var path = $"/orders{i}/{{id}}";
            var both = await Task.WhenAll(TryEndpointAsync(_here, $"here-{i}", path), TryEndpointAsync(_there, $"there-{i}", path.Replace("{id}", "{key}", StringComparison.Ordinal)));

            var winner = both.Single(result => result.Value is not null).Value!;
            var problem = both.Single(result => result.Problem is not null).Problem!;
            problem.Status.ShouldBe(409);
            problem.Errors[0].Message.ShouldContain(winner.Name);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task A_route_is_free_again_once_its_script_is_deleted_or_moves()
    {
        await EndpointAsync(_here, "first", "/orders");
        (await TryEndpointAsync(_there, "second", "/orders")).Problem.ShouldNotBeNull().Errors[0].Message.ShouldContain("first");

        await _here.Scripts.UpdateAsync(Writer(), "first", new ScriptWrite { Trigger = new RawJson("""{"path":"/moved"}""") }, null, Stop);
        (await TryEndpointAsync(_there, "second", "/orders")).Value.ShouldNotBeNull();
        _there.Route(_tenant.Id, "/orders")!.ScriptName.ShouldBe("second");
        _there.Route(_tenant.Id, "/moved")!.ScriptName.ShouldBe("first");

        await _there.Scripts.DeleteAsync(Writer(), "second", null, Stop);
        (await TryEndpointAsync(_here, "third", "/orders")).Value.ShouldNotBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task After_a_thousand_writes_of_two_nodes_both_are_equal_to_the_database()
    {
        const int Writers = 5;
        const int WritesEach = 100;
        await Task.WhenAll(Enumerable.Range(0, Writers).SelectMany(writer => new[] { WriteAsync(_here, writer), WriteAsync(_there, writer) }));
        await CaughtUpAsync(_here);
        await CaughtUpAsync(_there);

        await using var admin = await _database.AsSuperuserAsync();
        var routes = await admin.ColumnAsync<string>("select s.name || ' ' || r.template from sandbox.routes r join sandbox.scripts s on s.id = r.script_id where s.deleted_at is null order by 1");
        foreach (var node in new[] { _here, _there })
        {
            node.Routes.For(_tenant.Id).Routes.Select(route => $"{route.ScriptName} {route.Template.Text}").Order(StringComparer.Ordinal).ShouldBe(routes.Order(StringComparer.Ordinal));
            node.TenantDirectory.ById(_tenant.Id)!.UpdatedAt.UtcDateTime.ShouldBe(await admin.ScalarAsync<DateTime>("select updated_at from sandbox.tenants"));
            for (var writer = 0; writer < Writers; writer++)
                (await node.Live.GetAsync(_tenant.Id, $"script-{writer}", Stop)).ShouldBeEquivalentTo(await node.ScriptStore.GetAsync(_tenant.Id, $"script-{writer}", Stop));
        }

        async Task WriteAsync(Node node, int writer)
        {
            var name = $"script-{writer}";
            for (var i = 0; i < WritesEach; i++)
            {
                // Each name is written by both nodes: made, moved and deleted, whoever comes first. Refusals are part of it.
                switch (i % 4)
                {
                    case 0: await TryEndpointAsync(node, name, $"/{name}"); break;
                    case 1: await node.Scripts.UpdateAsync(Writer(), name, new ScriptWrite { Trigger = new RawJson($$"""{"path":"/{{name}}/{{i}}"}""") }, null, Stop); break;
                    case 2: await node.Tenants.UpdateAsync(s_system, "acme", new TenantWrite { Name = $"{name} {i}" }, null, Stop); break;
                    default: await node.Scripts.DeleteAsync(Writer(), name, null, Stop); break;
                }

                await node.Live.GetAsync(_tenant.Id, name, Stop);
            }
        }
    }

    [Fact(Timeout = Patience)]
    public async Task Rows_older_than_an_hour_are_swept_but_the_last()
    {
        await using var admin = await _database.AsSuperuserAsync();
        await EndpointAsync(_here, "orders", "/orders");
        var last = await admin.ScalarAsync<long>("select max(sequence) from sandbox.changes");
        await admin.ExecAsync("update sandbox.changes set at = at - interval '61 minutes'");

        await _here.SweepAsync(TimeSpan.FromHours(1));

        (await admin.ColumnAsync<long>("select sequence from sandbox.changes")).ShouldBe([last]);
    }

    private async Task<long> LastAsync()
    {
        await using var admin = await _database.AsSuperuserAsync();
        return await admin.ScalarAsync<long>("select max(sequence) from sandbox.changes");
    }

    private async Task CaughtUpAsync(Node node) => await node.Feed.ReachedAsync(await LastAsync()).WaitAsync(Stop);

    private async Task<Script> EndpointAsync(Node node, string name, string path) => (await TryEndpointAsync(node, name, path)).Value.ShouldNotBeNull();

    private Task<Result<Script>> TryEndpointAsync(Node node, string name, string path) =>
        node.Scripts.CreateAsync(Writer(), new ScriptWrite { Name = name, Kind = ScriptKind.Http, Source = "return 1", Trigger = new RawJson($$"""{"path":"{{path}}"}""") }, Stop);

    private Principal Writer() => new(PrincipalKind.Token, Guid.NewGuid(), "ci", _tenant.Id, Superadmin: false, Permissions.All.ToHashSet(StringComparer.Ordinal));
}
