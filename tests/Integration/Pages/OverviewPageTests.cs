using System.Net;
using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Sandbox.Tests.Integration.Queue;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>What a reader sees first.</summary>
public sealed class OverviewPageTests(SharedProduct shared)
{
    private const int Patience = 120_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task A_tenant_without_executions_needs_nothing()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("quiet-overview");

        var page = await PageAsync(tenant);

        page.ShouldContain("Nothing needs you.");
        page.ShouldContain("Nothing ran in the last 24 hours");
        page.ShouldNotContain("count-open");
    }

    [Fact(Timeout = Patience)]
    public async Task Failures_and_paused_scripts_need_a_person_and_the_day_is_counted()
    {
        var product = await shared.Product;
        var tenant = await product.CreateTenantAsync("busy-overview");
        await tenant.CreateScriptAsync("breaking", "embedded", "throw new Error('lost <b>');");
        await tenant.CreateScriptAsync("working", "embedded", "return 1;");
        await tenant.CreateScriptAsync("holding", "embedded", "return 1;");
        using var paused = await tenant.SendAsync(HttpMethod.Post, "/scripts/holding/pause", null, Stop);
        await RunningProduct.ExpectAsync(paused, HttpStatusCode.OK);
        await tenant.CreateScriptAsync("nightly", "scheduled", "return 1;", trigger: new JsonObject { ["cron"] = "0 1 * * *" });
        foreach (var name in (string[])["working", "working", "breaking"]) await tenant.InvokeAsync(name);
        await tenant.UntilListedAsync("/errors", items => items.Count == 1);
        await tenant.UntilListedAsync("/usage", items => items.Sum(day => day.GetProperty("executions").GetInt64()) == 3);

        string page;
        // The scheduler plans a new schedule within a second.
        while (!(page = await PageAsync(tenant)).Contains("Due next", StringComparison.Ordinal)) await Task.Delay(50, Stop);

        page.ShouldContain("lost &lt;b&gt;");
        page.ShouldContain("holding is paused and holds what comes");
        page.ShouldContain("data-api=\"/scripts/holding/resume\"");
        page.ShouldContain("executions in the last 24 hours: 3, of them completed: 2");
        page.ShouldContain("failed or timed out in the last 24 hours: 1");
        page.ShouldContain("33.33 %");
        page.ShouldContain("1 of 1");
        page.ShouldContain(">nightly</a>");
        page.ShouldContain(">open: 1</span>");
        page.ShouldContain("aria-label=\"executions in the last 24 hours: 1, failed: 1\"");
        page.ShouldContain("of the 30 s that it may take");
        page.ShouldNotContain("style=");
        (await PageAsync(await product.CreateTenantAsync("other-overview"))).ShouldNotContain("holding");
        (await PageAsync(tenant, await ViewerAsync(tenant))).ShouldNotContain("data-api");
    }

    private static async Task<string> ViewerAsync(RunningProduct.Tenant tenant)
    {
        var body = new JsonObject { ["name"] = "viewer", ["permissions"] = new JsonArray([.. Roles.All[Roles.Viewer].Select(one => JsonValue.Create(one))]) };
        using var made = await tenant.SendAsync(HttpMethod.Post, "/tokens", body, Stop);
        return (await RunningProduct.ExpectAsync(made, HttpStatusCode.Created)).GetProperty("token").GetString()!;
    }

    /// <param name="tenant">Whose overview it is.</param>
    /// <param name="token">Null: a superadmin's.</param>
    private async Task<string> PageAsync(RunningProduct.Tenant tenant, string? token = null)
    {
        var product = await shared.Product;
        var path = token is null ? $"/?tenant={tenant.Slug}" : "/";
        using var response = await product.SendAsync(HttpMethod.Get, path, token ?? product.Env["SANDBOX_ADMIN_TOKEN"], null, null, Stop);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.Content.ReadAsStringAsync(Stop);
    }
}
