using System.Net;
using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Sandbox.Tests.Integration.Queue;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>What a reader sees of failures in groups.</summary>
public sealed class ErrorPagesTests(SharedProduct shared)
{
    private const int Patience = 120_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task Failures_that_look_alike_are_one_row_and_one_page_with_their_markup_as_text()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("errors-page");
        var id = await FailedAsync(tenant);

        var list = (await PageAsync(tenant, "/errors")).Page;
        var page = (await PageAsync(tenant, $"/errors/{id}")).Page;

        list.ShouldContain("no order <span class=\"variable\">n</span> &lt;script&gt;");
        list.ShouldContain("<b>2</b>");
        list.ShouldContain("SCRIPT_ERROR");
        page.ShouldContain("no order 18 &lt;script&gt;");
        page.ShouldContain("failures in the last 24 hours: 2");
        page.ShouldContain("line 1 of version 1");
        page.ShouldContain($"data-api=\"/errors/{id}/resolve\"");
        page.ShouldNotContain("<script>");
        page.ShouldNotContain("style=");
        (await PageAsync(tenant, "/errors?text=nothing")).Page.ShouldContain("No error matches");
        (await PageAsync(tenant, "/errors?text=%00")).Page.ShouldContain("No error matches");
    }

    [Fact(Timeout = Patience)]
    public async Task What_is_resolved_leaves_the_open_ones_and_can_be_reopened()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("resolved-page");
        var id = await FailedAsync(tenant);
        using var resolved = await tenant.SendAsync(HttpMethod.Post, $"/errors/{id}/resolve", new JsonObject(), Stop);
        await RunningProduct.ExpectAsync(resolved, HttpStatusCode.OK);

        (await PageAsync(tenant, "/errors")).Page.ShouldContain("No error is open");
        (await PageAsync(tenant, "/errors?state=resolved")).Page.ShouldContain(id);
        var page = (await PageAsync(tenant, $"/errors/{id}")).Page;
        page.ShouldContain("Resolved in version 1");
        page.ShouldContain($"data-api=\"/errors/{id}/reopen\"");
        page.ShouldNotContain("/resolve\"");
    }

    [Fact(Timeout = Patience)]
    public async Task A_viewer_sees_the_error_and_no_action()
    {
        var product = await shared.Product;
        var tenant = await product.CreateTenantAsync("viewed-errors");
        var id = await FailedAsync(tenant);
        var body = new JsonObject { ["name"] = "viewer", ["permissions"] = new JsonArray([.. Roles.All[Roles.Viewer].Select(one => JsonValue.Create(one))]) };
        using var made = await tenant.SendAsync(HttpMethod.Post, "/tokens", body, Stop);
        var viewer = (await RunningProduct.ExpectAsync(made, HttpStatusCode.Created)).GetProperty("token").GetString()!;

        foreach (var path in (string[])["/errors", $"/errors/{id}"])
        {
            var seen = await GetAsync(product, path, viewer);
            seen.Page.ShouldContain("no order");
            seen.Page.ShouldNotContain("data-api");
        }
    }

    [Fact(Timeout = Patience)]
    public async Task An_error_of_another_tenant_and_one_that_never_was_look_the_same()
    {
        var (owner, other) = (await (await shared.Product).CreateTenantAsync("owning-errors"), await (await shared.Product).CreateTenantAsync("foreign-errors"));
        var id = await FailedAsync(owner);
        var never = Guid.CreateVersion7().ToString();

        var foreign = await PageAsync(other, $"/errors/{id}");
        var missing = await PageAsync(other, $"/errors/{never}");

        foreign.Status.ShouldBe(HttpStatusCode.NotFound);
        foreign.Page.ShouldNotContain("no order");
        (foreign.Status, foreign.Page.Replace(id[..8], "", StringComparison.Ordinal)).ShouldBe((missing.Status, missing.Page.Replace(never[..8], "", StringComparison.Ordinal)));
    }

    /// <summary>Two executions that fail alike; the id of their group.</summary>
    private static async Task<string> FailedAsync(RunningProduct.Tenant tenant)
    {
        await tenant.CreateScriptAsync("failing", "embedded", "throw new Error(`no order ${context.input} <script>`);");
        foreach (var order in (int[])[17, 18]) await tenant.InvokeAsync("failing", order);
        // The history stores executions a moment after their answer.
        var groups = await tenant.UntilListedAsync("/errors", items => items is [var only] && only.GetProperty("count").GetInt64() == 2);
        return groups[0].GetProperty("id").GetString()!;
    }

    /// <summary>By a superadmin's token, which a page takes as the API does.</summary>
    private async Task<(HttpStatusCode Status, string Page)> PageAsync(RunningProduct.Tenant tenant, string path)
    {
        var product = await shared.Product;
        return await GetAsync(product, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}tenant={tenant.Slug}", product.Env["SANDBOX_ADMIN_TOKEN"]);
    }

    private static async Task<(HttpStatusCode Status, string Page)> GetAsync(RunningProduct product, string path, string token)
    {
        using var response = await product.SendAsync(HttpMethod.Get, path, token, null, null, Stop);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Stop));
    }
}
