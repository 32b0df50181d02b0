using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sandbox.Tests.Integration.Alerts;
using Sandbox.Tests.Integration.Database;
using Sandbox.Tests.Integration.Events;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Queue;

/// <summary>What exists once, whichever of two nodes it happens at.</summary>
public sealed class TwoNodesTests(TwoNodes nodes) : IClassFixture<TwoNodes>
{
    private const int Patience = 180_000;
    private const int Filled = 2 * TwoNodes.InFlightMax;

    /// <summary>It fails once the test says so: <see cref="GoAsync"/>.</summary>
    private const string FailsOnGo = """
        while (!(await sdk.cache.get('go', { scope: 'tenant' }))) await new Promise(done => setTimeout(done, 100));
        if (!(await sdk.cache.get('mended', { scope: 'tenant' }))) throw new Error('no such account');
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task Failures_in_a_row_of_both_nodes_count_together_and_pause_the_script_once()
    {
        var tenant = await nodes.First.CreateTenantAsync("together");
        var script = await FailingAsync(tenant, "together");
        await nodes.FillAsync(tenant, "together");

        await GoAsync(tenant, "go");

        var failed = await tenant.UntilListedAsync("/executions?script=together&status=failed", list => list.Count == Filled);
        failed.ShouldAllBe(execution => execution.GetProperty("code").GetString() == "SCRIPT_ERROR");
        await using var database = await nodes.AsSuperuserAsync();
        var id = script.GetProperty("id").GetString();
        (await database.ScalarAsync<int>($"select failures from sandbox.failures_in_a_row where script_id = '{id}'")).ShouldBe(Filled);
        (await database.ScalarAsync<string>($"select paused_reason from sandbox.scripts where id = '{id}'"))
            .ShouldEndWith("no such account (SCRIPT_ERROR)");
        while (PausesOf("together") == 0) await Task.Delay(50, Stop);
        await UntilPausedAsync(nodes.First, tenant);
        await UntilPausedAsync(nodes.Second, tenant);
        PausesOf("together").ShouldBe(1);
    }

    [Fact(Timeout = Patience)]
    public async Task A_storm_over_both_nodes_is_one_message_and_recovery_another()
    {
        var tenant = await nodes.First.CreateTenantAsync("storm");
        using (var opened = await nodes.First.SendAsync(
            HttpMethod.Patch,
            $"/api/v1/tenants/{tenant.Slug}",
            nodes.First.Env["SANDBOX_ADMIN_TOKEN"],
            null,
            new JsonObject { ["egress"] = new JsonObject { ["private_hosts"] = new JsonArray("10.9.0.5:9103") } },
            Stop))
            await RunningProduct.ExpectAsync(opened, HttpStatusCode.OK);
        await using var server = await ReceivedPosts.StartAsync(nodes.Network, 9103, status: 204, until: 0);
        await PutAsync(tenant, "channels/hook", """{"type":"webhook","url":"http://10.9.0.5:9103/alerts"}""");
        await PutAsync(tenant, "rules/default", """{"on":["failure","recovery"],"channels":["hook"],"wait_s":5,"throttle_s":1}""");
        await FailingAsync(tenant, "stormy");
        await nodes.FillAsync(tenant, "stormy");

        await GoAsync(tenant, "go");
        var storm = JsonDocument.Parse((await server.NextAsync(Stop)).Body).RootElement;
        await GoAsync(tenant, "mended");
        (await tenant.SendAsync(HttpMethod.Post, "/scripts/stormy/resume", cancellationToken: Stop)).Dispose();
        await tenant.EnqueueAsync("stormy");
        var recovery = JsonDocument.Parse((await server.NextAsync(Stop)).Body).RootElement;

        storm.GetProperty("count").GetInt64().ShouldBe(Filled);
        storm.GetProperty("alerts").GetArrayLength().ShouldBe(1);
        recovery.GetProperty("summary").GetString().ShouldEndWith("stormy: it works again");
        server.Count.ShouldBe(2);
        (await tenant.GetAsync("/alerts/messages")).GetProperty("items").GetArrayLength().ShouldBe(2);
        var alert = (await tenant.GetAsync("/alerts?condition=failure")).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        (alert.GetProperty("state").GetString(), alert.GetProperty("count").GetInt64()).ShouldBe(("closed", Filled));
    }

    [Fact(Timeout = Patience)]
    public async Task Events_of_both_nodes_fill_one_batch_that_is_delivered_once()
    {
        const int max = 20;
        var tenant = await nodes.First.CreateTenantAsync("filled");
        await tenant.ListenAsync("totals", "order.paid", "return context.input", $$""","batch":{"max":{{max}},"within_ms":3600000}""");

        RunningProduct[] both = [nodes.First, nodes.Second];
        await Task.WhenAll(Enumerable.Range(0, max)
            .Select(i => both[i % 2].PublishAsync(tenant, EventTenant.Event("order.paid", $"o-{i}", $"{i}"))));

        var ran = (await tenant.UntilRanAsync("totals", 1)).ShouldHaveSingleItem();
        ran.GetProperty("status").GetString().ShouldBe("completed");
        ran.GetProperty("output").EnumerateArray().Select(number => number.GetInt32()).Order().ShouldBe(Enumerable.Range(0, max));
        await using var database = await nodes.AsSuperuserAsync();
        (await database.ColumnAsync<string>($"""
            select d.state || ' ' || d.execution_id || ' ' || count(*)
            from sandbox.deliveries d
            join sandbox.tenants t on t.id = d.tenant_id
            where t.slug = 'filled'
            group by d.state, d.execution_id
            """)).ShouldBe([$"completed {ran.GetProperty("id").GetString()} {max}"]);
    }

    /// <summary>With a script that says go beside it.</summary>
    private static async Task<JsonElement> FailingAsync(RunningProduct.Tenant tenant, string name)
    {
        await tenant.CreateScriptAsync("say", "embedded", "await sdk.cache.set(context.input, true, { scope: 'tenant' })");
        return await tenant.CreateScriptAsync(name, "oneoff", FailsOnGo, new JsonObject { ["concurrency"] = Filled, ["calls"] = 1_000 });
    }

    private static async Task GoAsync(RunningProduct.Tenant tenant, string key) =>
        (await tenant.InvokeAsync("say", key)).GetProperty("status").GetString().ShouldBe("completed");

    private static async Task PutAsync(RunningProduct.Tenant tenant, string path, string body)
    {
        using var response = await tenant.SendAsync(HttpMethod.Put, $"/alerts/{path}", JsonNode.Parse(body), Stop);
        ((int)response.StatusCode).ShouldBeInRange(200, 201);
    }

    private async Task UntilPausedAsync(RunningProduct node, RunningProduct.Tenant tenant)
    {
        while (true)
        {
            using var response = await node.SendAsync(
                HttpMethod.Get, "/api/v1/scripts/together", nodes.First.Env["SANDBOX_ADMIN_TOKEN"], tenant.Slug, null, Stop);
            if ((await RunningProduct.ExpectAsync(response, HttpStatusCode.OK)).GetProperty("paused").GetBoolean()) return;
            await Task.Delay(50, Stop);
        }
    }

    /// <summary>How often either node said that it paused the script.</summary>
    private int PausesOf(string script) =>
        new[] { nodes.First.Output, nodes.Second.Output }.Sum(output => Regex.Count(output, $"Script {script} of tenant [^ ]+ is paused"));
}
