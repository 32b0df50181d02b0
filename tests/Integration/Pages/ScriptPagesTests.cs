using System.Net;
using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Sandbox.Tests.Integration.Queue;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>What a reader sees of scripts and their versions.</summary>
public sealed class ScriptPagesTests(SharedProduct shared)
{
    private const int Patience = 120_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task A_script_is_shown_with_its_trigger_its_code_its_versions_and_its_last_executions()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("script-page");
        await tenant.CreateScriptAsync("greeter", "embedded", "throw new Error('<script>alert(1)</script>');");
        await ChangeAsync(tenant, "greeter", new JsonObject { ["description"] = "<b>greets</b>", ["source"] = "return '<i>one</i>';\nawait sdk.cache.get('k');" });
        await tenant.InvokeAsync("greeter");
        await tenant.CreateScriptAsync("nightly", "scheduled", "return 1;", trigger: new JsonObject { ["cron"] = "0 1 * * *", ["timezone"] = "Asia/Tashkent" });
        await tenant.CreateEndpointAsync("orders-list", "/orders/{id}", "return 1;");

        var (status, page) = await PageAsync(tenant, "/scripts/greeter");

        status.ShouldBe(HttpStatusCode.OK);
        page.ShouldContain("version 2");
        page.ShouldContain("&lt;b&gt;greets&lt;/b&gt;");
        page.ShouldContain("&lt;i&gt;one&lt;/i&gt;");
        page.ShouldContain("/api/v1/scripts/greeter/invoke");
        page.ShouldContain("/scripts/greeter/edit");
        page.ShouldContain("Roll back to version 1?");
        page.ShouldContain("version 2, by a token");
        page.ShouldContain("data-must-be=\"greeter\"");
        page.ShouldNotContain("style=");
        page.ShouldContain("use its input and its log alone");
        (await PageAsync(tenant, "/scripts/nightly")).Page.ShouldContain("Every day at 01:00, in Asia/Tashkent");
        (await PageAsync(tenant, "/scripts/orders-list")).Page.ShouldContain($"/t/{tenant.Slug}/api/scripts/orders/{{id}}");
    }

    [Fact(Timeout = Patience)]
    public async Task A_version_is_compared_line_by_line_and_what_it_newly_may_do_is_said()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("compared-page");
        await tenant.CreateScriptAsync("changing", "embedded", "const a = '<u>';\nreturn a;");
        await ChangeAsync(tenant, "changing", new JsonObject { ["source"] = "const a = '<s>';\nawait sdk.db.get('orders', 1);\nreturn a;" });

        var page = (await PageAsync(tenant, "/scripts/changing/versions/2")).Page;

        page.ShouldContain("Version 2 against 1");
        page.ShouldContain("&#x2B;2 &#x2212;1 lines");
        page.ShouldContain("const a = &#x27;&lt;u&gt;&#x27;;");
        page.ShouldContain("<tr class=\"added\">");
        page.ShouldContain("may now");
        (await PageAsync(tenant, "/scripts/changing")).Page.ShouldContain("<li><bdi>read orders</bdi></li>");
        (await PageAsync(tenant, "/scripts/changing/versions/2?from=2")).Page.ShouldContain("The code is the same.");
        (await PageAsync(tenant, "/scripts/changing/versions/9")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact(Timeout = Patience)]
    public async Task The_list_is_searched_by_name_and_title_in_any_case()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("searched-page");
        await tenant.CreateScriptAsync("first-one", "embedded", "return 1;");
        await tenant.CreateScriptAsync("second-one", "embedded", "return 1;");
        await ChangeAsync(tenant, "second-one", new JsonObject { ["title"] = "Ночная выгрузка" });

        var byName = (await PageAsync(tenant, "/scripts?text=FIRST")).Page;
        var byTitle = (await PageAsync(tenant, "/scripts?text=ночная")).Page;

        byName.ShouldContain(">first-one</a>");
        byName.ShouldNotContain(">second-one</a>");
        byTitle.ShouldContain(">second-one</a>");
        byTitle.ShouldNotContain(">first-one</a>");
        (await PageAsync(tenant, "/scripts?text=%25")).Page.ShouldContain("in its name, title or description");
        (await PageAsync(tenant, "/scripts?text=%00")).Page.ShouldContain("in its name, title or description");
    }

    [Fact(Timeout = Patience)]
    public async Task The_list_tells_what_each_script_did_when_it_runs_next_and_whether_it_is_on()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("told-page");
        await tenant.CreateScriptAsync("breaking", "embedded", "throw new Error('x');");
        await tenant.CreateScriptAsync("nightly", "scheduled", "return 1;", trigger: new JsonObject { ["cron"] = "0 1 * * 1-5" });
        await tenant.CreateScriptAsync("resting", "embedded", "return 1;");
        await ChangeAsync(tenant, "resting", new JsonObject { ["tags"] = new JsonArray("<i>slow</i>"), ["description"] = "Sums up what was sold" });
        using (var disabled = await tenant.SendAsync(HttpMethod.Post, "/scripts/resting/disable", new JsonObject(), Stop)) await RunningProduct.ExpectAsync(disabled, HttpStatusCode.OK);
        await tenant.InvokeAsync("breaking");
        await tenant.UntilListedAsync("/usage", items => items.Sum(day => day.GetProperty("executions").GetInt64()) == 1);

        var due = "datetime=\"" + (await tenant.GetAsync("/scripts/nightly/why?at=2020-01-01T00:00:00Z")).GetProperty("next_runs")[0].GetDateTimeOffset().ToString("yyyy-MM-ddTHH:mm:ss");
        string all;
        // The scheduler plans a new schedule within a second.
        while (!(all = (await PageAsync(tenant, "/scripts")).Page).Contains(due, StringComparison.Ordinal)) await Task.Delay(50, Stop);

        all.ShouldContain("3, of them 2 live");
        all.ShouldContain("aria-label=\"executions in the last 24 hours: 1, failed: 1\"");
        all.ShouldContain("100 % failed");
        all.ShouldContain("Weekdays at 01:00, in UTC");
        all.ShouldContain("Never ran");
        all.ShouldContain("data-api=\"/scripts/" + (await tenant.GetAsync("/scripts/resting")).GetProperty("id").GetString() + "/enable\"");
        (await PageAsync(tenant, "/scripts?state=disabled")).Page.ShouldSatisfyAllConditions(page => page.ShouldContain(">resting</a>"), page => page.ShouldNotContain(">nightly</a>"));
        (await PageAsync(tenant, "/scripts?tag=%3Ci%3Eslow%3C/i%3E")).Page.ShouldSatisfyAllConditions(page => page.ShouldContain(">resting</a>"), page => page.ShouldNotContain(">nightly</a>"));
        (await PageAsync(tenant, "/scripts?text=SOLD")).Page.ShouldContain(">resting</a>");
        var broken = (await PageAsync(tenant, "/scripts/breaking")).Page;
        broken.ShouldContain("executions in the last 24 hours: 1, failed: 1");
        broken.ShouldContain("95 of 100 within");
    }

    [Fact(Timeout = Patience)]
    public async Task A_viewer_sees_the_script_and_no_action()
    {
        var product = await shared.Product;
        var tenant = await product.CreateTenantAsync("viewed-page");
        await tenant.CreateScriptAsync("viewed", "embedded", "return 1;");
        var viewer = await TokenAsync(tenant, Roles.All[Roles.Viewer]);
        var administrator = await TokenAsync(tenant, Roles.All[Roles.Admin]);

        var seen = await GetAsync(product, "/scripts/viewed", viewer);
        var full = await GetAsync(product, "/scripts/viewed", administrator);

        seen.Status.ShouldBe(HttpStatusCode.OK);
        seen.Page.ShouldContain("return 1;");
        foreach (var action in (string[])["data-api", "/scripts/viewed/edit", "data-dialog", "Pause", "Delete"])
        {
            seen.Page.ShouldNotContain(action);
            full.Page.ShouldContain(action);
        }

        (await GetAsync(product, "/scripts", viewer)).Page.ShouldNotContain("/scripts/new");
    }

    [Fact(Timeout = Patience)]
    public async Task A_script_of_another_tenant_and_one_that_never_was_look_the_same()
    {
        var (owner, other) = (await (await shared.Product).CreateTenantAsync("owning-scripts"), await (await shared.Product).CreateTenantAsync("foreign-scripts"));
        var id = (await owner.CreateScriptAsync("hidden-one", "embedded", "return 1;")).GetProperty("id").GetString()!;

        foreach (var below in (string[])["", "/versions/1"])
        {
            var foreign = await PageAsync(other, $"/scripts/{id}{below}");
            var missing = await PageAsync(other, $"/scripts/{Guid.CreateVersion7()}{below}");

            foreign.Status.ShouldBe(HttpStatusCode.NotFound);
            foreign.Page.ShouldNotContain("hidden-one");
            foreign.ShouldBe(missing);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task The_editor_says_who_else_has_a_draft_with_or_without_one_of_the_readers_own()
    {
        var product = await shared.Product;
        var tenant = await product.CreateTenantAsync("presence-page");
        await tenant.CreateScriptAsync("shared-one", "embedded", "return 1;");
        var reader = await TokenAsync(tenant, Roles.All[Roles.Developer]);
        var other = await TokenAsync(tenant, Roles.All[Roles.Developer], "Aziz <b>");
        (await GetAsync(product, "/scripts/shared-one/edit", reader)).Page.ShouldNotContain("has a draft from");

        foreach (var (token, source) in new[] { (other, "return 'hidden from others';"), (reader, "return 2;") })
        {
            await DraftAsync(product, token, "shared-one", source);
            var page = (await GetAsync(product, "/scripts/shared-one/edit", reader)).Page;
            page.ShouldContain("<bdi>Aziz &lt;b&gt;</bdi> has a draft from");
            page.ShouldNotContain("hidden from others");
        }
    }

    [Theory(Timeout = Patience)]
    [InlineData("kind=scheduled&cron=0+9+*+*+1-5&timezone=Asia/Tashkent", "Weekdays at 09:00, Asia/Tashkent")]
    [InlineData("kind=scheduled&cron=0+9+1-7+*+1", "")]
    [InlineData("kind=event&type=order.paid&type=refund.*&isFiltered=true", "Events of the types order.paid and refund.* start it where the filter matches")]
    [InlineData("kind=http&path=/orders&method=GET&auth=public", "curl -X GET \"$SANDBOX_ENDPOINTS_URL/t/TENANT/api/scripts/orders\"")]
    [InlineData("kind=http&path=/orders&method=POST&auth=webhook", "")]
    [InlineData("kind=oneoff", "")]
    [InlineData("", "")]
    public async Task The_editor_is_told_a_trigger_in_words(string query, string words)
    {
        var tenant = await (await shared.Product).CreateTenantAsync($"words-page-{Guid.CreateVersion7():n}"[..30]);

        var (status, said) = await PageAsync(tenant, $"/trigger-words?{query}");

        status.ShouldBe(HttpStatusCode.OK);
        said.ShouldBe(words.Replace("TENANT", tenant.Slug, StringComparison.Ordinal));
    }

    private static async Task DraftAsync(RunningProduct product, string token, string script, string source)
    {
        var body = new JsonObject { ["base_version"] = 1, ["source"] = source };
        using var drafted = await product.SendAsync(HttpMethod.Put, $"/api/v1/scripts/{script}/draft", token, null, body, Stop);
        await RunningProduct.ExpectAsync(drafted, HttpStatusCode.OK);
    }

    private static async Task ChangeAsync(RunningProduct.Tenant tenant, string script, JsonObject change)
    {
        using var response = await tenant.SendAsync(HttpMethod.Patch, $"/scripts/{script}", change, Stop);
        await RunningProduct.ExpectAsync(response, HttpStatusCode.OK);
    }

    private static async Task<string> TokenAsync(RunningProduct.Tenant tenant, IEnumerable<string> permissions, string name = "reader")
    {
        var body = new JsonObject { ["name"] = name, ["permissions"] = new JsonArray([.. permissions.Select(one => JsonValue.Create(one))]) };
        using var made = await tenant.SendAsync(HttpMethod.Post, "/tokens", body, Stop);
        return (await RunningProduct.ExpectAsync(made, HttpStatusCode.Created)).GetProperty("token").GetString()!;
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
