using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Events;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Sandbox.Tests.Integration.Queue;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>What a reader sees of executions, in the product's own pages.</summary>
public sealed class ExecutionPagesTests(SharedProduct shared)
{
    private const int Patience = 120_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task A_failure_is_shown_with_its_line_its_calls_its_log_and_its_input_as_text()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("failing-page");
        await tenant.CreateScriptAsync("receipt", "embedded", "console.warn('<script>alert(1)</script>\\u202e\\u0000');\nawait sdk.cache.get('k');\nreturn context.input.customer.email;");
        var execution = await tenant.InvokeAsync("receipt", new JsonObject { ["<i>order</i>"] = 7 });

        var (status, page) = await PageAsync(tenant, $"/executions/{execution.GetProperty("id").GetString()}");

        status.ShouldBe(HttpStatusCode.OK);
        page.ShouldContain("SCRIPT_ERROR");
        page.ShouldContain("line 3, column");
        page.ShouldContain("<mark>email;</mark>");
        page.ShouldContain("cache.get");
        page.ShouldContain("&lt;script&gt;alert(1)&lt;/script&gt;&#x2039;U&#x2B;202E&#x203A;&#x2400;");
        page.ShouldContain("&lt;i&gt;order&lt;/i&gt;");
        page.ShouldNotContain("<script>");
        page.ShouldNotContain("style=");
    }

    [Fact(Timeout = Patience)]
    public async Task The_list_is_its_address_and_says_why_it_is_empty()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("listed-page");
        (await PageAsync(tenant, "/executions")).Page.ShouldContain("Nothing ran in this range");
        (await PageAsync(tenant, "/executions?range=all")).Page.ShouldContain("Nothing has run yet");
        await tenant.CreateScriptAsync("good", "embedded", "sdk.label('day', '<b>');");
        await tenant.CreateScriptAsync("worse", "embedded", "throw new Error('broken here');");
        foreach (var name in (string[])["good", "worse"]) await tenant.InvokeAsync(name);

        var all = (await PageAsync(tenant, "/executions")).Page;
        var failed = (await PageAsync(tenant, "/executions?status=failed&text=broken")).Page;

        all.ShouldContain(">good</a>");
        all.ShouldContain("day &lt;b&gt;");
        all.ShouldContain("broken here");
        all.ShouldContain(">2 match</span>");
        all.ShouldContain("All 2 that match.");
        CountsOf(all).ShouldBe(["2", "1", "0", "0", "0", "1", "0"]);
        CountsOf(failed).ShouldBeEmpty();
        failed.ShouldContain(">worse</a>");
        failed.ShouldNotContain(">good</a>");
        failed.ShouldContain($"tenant={tenant.Slug}");
        (await PageAsync(tenant, "/executions?script=good&status=failed")).Page.ShouldContain("No execution matches");
        (await PageAsync(tenant, "/scripts")).Page.ShouldContain(">worse</a>");
        (await PageAsync(tenant, "/scripts?kind=scheduled")).Page.ShouldContain("No script matches");
    }

    [Fact(Timeout = Patience)]
    public async Task The_charts_count_all_that_match_whatever_page_is_shown_and_what_has_not_begun_too()
    {
        var product = await shared.Product;
        var tenant = await product.CreateTenantAsync("charted-page");
        await tenant.CreateScriptAsync("many", "embedded", "if (context.input % 10 === 0) throw new Error('tenth'); return null");
        await tenant.CreateScriptAsync("held", "oneoff", "return 1");
        (await tenant.SendAsync(HttpMethod.Post, "/scripts/held/pause", cancellationToken: Stop)).Dispose();
        for (var i = 0; i < 60; i++) await tenant.InvokeAsync("many", i);
        await tenant.EnqueueAsync("held");

        var first = (await PageAsync(tenant, "/executions")).Page;
        var older = WebUtility.HtmlDecode(first.Split("class=\"button\" href=\"")[1].Split('"')[0]);
        var second = (await PageAsync(tenant, older)).Page;

        foreach (var page in (string[])[first, second])
        {
            page.ShouldContain(">61 match</span>");
            CountsOf(page).ShouldBe(["61", "6", "0", "0", "1", "54", "0"]);
        }

        second.Split("<tr data-execution").Length.ShouldBe(12);
        (await PageAsync(tenant, "/executions?text=tenth")).Page.ShouldContain(">6 match</span>");
        (await tenant.SendAsync(HttpMethod.Post, "/scripts/held/resume", cancellationToken: Stop)).Dispose();
    }

    [Fact(Timeout = Patience)]
    public async Task A_row_says_which_request_or_event_started_it()
    {
        var product = await shared.Product;
        var tenant = await product.CreateTenantAsync("started-page");
        await tenant.CreateEndpointAsync("quote", "/quote", "return 1");
        await tenant.ListenAsync("paid", "order.paid", "return 1");
        (await product.Endpoints.GetAsync("/t/started-page/api/scripts/quote", Stop)).Dispose();
        await product.PublishAsync(tenant, EventTenant.Event("order.paid", "1"));
        await tenant.UntilRanAsync("paid", 1);

        var page = (await PageAsync(tenant, "/executions")).Page;

        page.ShouldContain("<bdi>GET /quote</bdi>");
        page.ShouldContain("<bdi>order.paid</bdi>");
    }

    [Fact(Timeout = Patience)]
    public async Task Each_filter_is_a_chip_that_its_link_removes_and_the_others_stay()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("chips-page");
        await tenant.CreateScriptAsync("labelled", "embedded", "sdk.label('day', '<i>:1');");
        await tenant.CreateScriptAsync("bare", "embedded", "throw new Error('bare');");
        foreach (var name in (string[])["labelled", "bare"]) await tenant.InvokeAsync(name);

        var page = (await PageAsync(tenant, "/executions?kind=embedded&trigger=api&duration_ms_min=0&label=day:%3Ci%3E:1")).Page;
        var none = (await PageAsync(tenant, "/executions?kind=scheduled")).Page;
        var ignored = (await PageAsync(tenant, "/executions?kind=%3Cb%3E&duration_ms_min=much&from=never&label=day")).Page;

        page.ShouldContain(">labelled</a>");
        page.ShouldNotContain(">bare</a>");
        page.ShouldContain("<bdi>day:&lt;i&gt;:1</bdi>");
        page.ShouldContain($"href=\"/executions?trigger=api&amp;duration_ms_min=0&amp;label=day%3A%3Ci%3E%3A1&amp;tenant={tenant.Slug}\" aria-label=\"Remove the filter Kind\"");
        page.ShouldContain($"href=\"/executions?kind=embedded&amp;trigger=api&amp;duration_ms_min=0&amp;tenant={tenant.Slug}\" aria-label=\"Remove the filter Label\"");
        none.ShouldContain("No execution matches");
        ignored.ShouldContain(">labelled</a>");
        ignored.ShouldContain(">bare</a>");
        ignored.ShouldNotContain("class=\"chip\"");
    }

    [Fact(Timeout = Patience)]
    public async Task A_bar_leads_to_the_executions_that_it_counts()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("bars-page");
        await tenant.CreateScriptAsync("broken", "embedded", "throw new Error('late');");
        await tenant.InvokeAsync("broken");

        var all = (await PageAsync(tenant, "/executions?range=7d")).Page;
        var bars = all.Split("href=\"").Select(rest => rest.Split('>')[0]).Where(link => link.Contains(": completed 0, failed 1, timed out 0, other 0", StringComparison.Ordinal)).ToArray();

        all.ShouldNotContain("style=");
        bars.Length.ShouldBe(2);
        bars[0].ShouldStartWith("/executions?from=");
        bars[1].ShouldStartWith("/executions?duration_ms_");
        foreach (var (bar, chip) in bars.Zip((string[])["From", "Ran at most"]))
        {
            var page = (await PageAsync(tenant, WebUtility.HtmlDecode(bar.Split('"')[0]))).Page;
            page.ShouldContain(">broken</a>");
            page.ShouldContain($"aria-label=\"Remove the filter {chip}\"");
        }
    }

    [Fact(Timeout = Patience)]
    public async Task Only_the_first_page_says_how_many_are_new()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("newer-page");
        await tenant.CreateScriptAsync("one", "embedded", "return 1;");
        var id = (await tenant.InvokeAsync("one")).GetProperty("id").GetString()!;

        var first = (await PageAsync(tenant, "/executions")).Page;
        var older = (await PageAsync(tenant, "/executions?cursor=none")).Page;

        first.ShouldContain($"<tr data-execution=\"{id}\" data-status=\"completed\">");
        first.ShouldContain("data-newer=\"Show {0} new\" hidden");
        older.ShouldNotContain("data-newer");
    }

    [Fact(Timeout = Patience)]
    public async Task An_execution_of_another_tenant_and_one_that_never_was_look_the_same()
    {
        var (owner, other) = (await (await shared.Product).CreateTenantAsync("owning-page"), await (await shared.Product).CreateTenantAsync("foreign-page"));
        await owner.CreateScriptAsync("secretive", "embedded", "return 1;");
        var id = (await owner.InvokeAsync("secretive")).GetProperty("id").GetString()!;
        var never = Guid.CreateVersion7().ToString();

        var foreign = await PageAsync(other, $"/executions/{id}");
        var missing = await PageAsync(other, $"/executions/{never}");

        foreign.Status.ShouldBe(HttpStatusCode.NotFound);
        missing.Status.ShouldBe(HttpStatusCode.NotFound);
        foreign.Page.Replace(id[..8], "", StringComparison.Ordinal).ShouldBe(missing.Page.Replace(never[..8], "", StringComparison.Ordinal));
    }

    [Fact(Timeout = Patience)]
    public async Task A_final_execution_can_run_again_and_its_line_be_edited_by_those_who_may()
    {
        var product = await shared.Product;
        var tenant = await product.CreateTenantAsync("again-page");
        await tenant.CreateScriptAsync("again", "embedded", "await sdk.checkpoint({ part: 1 });\nthrow new Error(context.input.why);");
        await tenant.CreateScriptAsync("plain", "embedded", "return { answer: '</textarea><script>' };");
        var failed = (await tenant.InvokeAsync("again", new JsonObject { ["why"] = "</textarea><script>" })).GetProperty("id").GetString()!;
        var plain = (await tenant.InvokeAsync("plain")).GetProperty("id").GetString()!;

        var page = (await PageAsync(tenant, $"/executions/{failed}")).Page;
        var other = (await PageAsync(tenant, $"/executions/{plain}")).Page;
        var seen = (await PageAsync(tenant, $"/executions/{failed}", await ViewerAsync(tenant))).Page;

        page.ShouldContain($"data-api=\"/executions/{failed}/replay\"");
        page.ShouldContain($"data-then=\"/executions/{{id}}?tenant={tenant.Slug}\"");
        page.ShouldContain("name=\"from_checkpoint\"");
        page.ShouldContain($"href=\"/scripts/again/edit?tenant={tenant.Slug}#L2\"");
        page.ShouldContain("&lt;/textarea&gt;&lt;script&gt;");
        page.ShouldNotContain("<script>");
        page.ShouldNotContain("id=\"followed\"");
        page.ShouldNotContain("/cancel\"");
        other.ShouldNotContain("name=\"from_checkpoint\"");
        other.ShouldContain("id=\"output-text\"");
        other.ShouldNotContain("<script>");
        seen.ShouldContain("&lt;/textarea&gt;&lt;script&gt;");
        seen.ShouldNotContain("data-api");
        seen.ShouldNotContain("/edit");
    }

    [Fact(Timeout = Patience)]
    public async Task What_waits_is_followed_and_can_be_cancelled_but_not_run_again()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("waiting-page");
        await tenant.CreateScriptAsync("later", "oneoff", "return 1;");
        var body = new JsonObject { ["run_at"] = TimeProvider.System.GetUtcNow().AddDays(1).ToString("O", CultureInfo.InvariantCulture) };
        using var accepted = await tenant.SendAsync(HttpMethod.Post, "/scripts/later/executions", body, Stop);
        var id = (await RunningProduct.ExpectAsync(accepted, HttpStatusCode.Accepted)).GetProperty("id").GetString()!;

        var waiting = (await PageAsync(tenant, $"/executions/{id}")).Page;
        var seen = (await PageAsync(tenant, $"/executions/{id}", await ViewerAsync(tenant))).Page;
        using var ended = await tenant.SendAsync(HttpMethod.Post, $"/executions/{id}/cancel", cancellationToken: Stop);
        await RunningProduct.ExpectAsync(ended, HttpStatusCode.OK);
        var cancelled = (await PageAsync(tenant, $"/executions/{id}")).Page;

        waiting.ShouldContain("id=\"followed\" role=\"status\"");
        waiting.ShouldContain($"data-api=\"/executions/{id}/cancel\"");
        waiting.ShouldNotContain("/replay\"");
        seen.ShouldContain("id=\"followed\"");
        seen.ShouldNotContain("data-api");
        cancelled.ShouldNotContain("id=\"followed\"");
        cancelled.ShouldContain($"data-api=\"/executions/{id}/replay\"");
    }

    [Fact(Timeout = Patience)]
    public async Task A_try_cannot_run_again()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("tried-page");
        var body = new JsonObject { ["source"] = "return 1;", ["kind"] = "embedded" };
        using var tried = await tenant.SendAsync(HttpMethod.Post, "/scripts/try", body, Stop);
        tried.IsSuccessStatusCode.ShouldBeTrue(await tried.Content.ReadAsStringAsync(Stop));
        var id = tried.Headers.GetValues("X-Execution-Id").Single();

        var page = (await PageAsync(tenant, $"/executions/{id}")).Page;

        page.ShouldContain("Completed");
        page.ShouldNotContain("/replay\"");
    }

    [Fact(Timeout = Patience)]
    public async Task The_stylesheet_and_its_fonts_are_asked_for_once()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("styled-page");
        var sheet = (await PageAsync(tenant, "/executions")).Page.Split("<link rel=\"stylesheet\" href=\"")[1].Split('"')[0];
        using var styles = await (await shared.Product).Admin.GetAsync(new Uri(sheet, UriKind.Relative), Stop);
        var font = (await styles.Content.ReadAsStringAsync(Stop)).Split("url(")[1].Split(')')[0];

        using var letters = await (await shared.Product).Admin.GetAsync(new Uri(font, UriKind.Relative), Stop);

        foreach (var asset in (HttpResponseMessage[])[styles, letters])
        {
            asset.StatusCode.ShouldBe(HttpStatusCode.OK);
            asset.Headers.CacheControl!.ToString().ShouldContain("immutable");
        }

        letters.Content.Headers.ContentType!.MediaType.ShouldBe("font/woff2");
        using var unknown = await (await shared.Product).Admin.GetAsync(new Uri("/assets/none.js", UriKind.Relative), Stop);
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task<string> ViewerAsync(RunningProduct.Tenant tenant)
    {
        var granted = new JsonArray([.. Roles.All[Roles.Viewer].Select(one => JsonValue.Create(one))]);
        using var made = await tenant.SendAsync(HttpMethod.Post, "/tokens", new JsonObject { ["name"] = "viewer", ["permissions"] = granted }, Stop);
        return (await RunningProduct.ExpectAsync(made, HttpStatusCode.Created)).GetProperty("token").GetString()!;
    }

    /// <param name="tenant">The tenant that the reader chose.</param>
    /// <param name="path">The page.</param>
    /// <param name="token">A page takes it as the API does. Null: a superadmin's.</param>
    /// <summary>Of the links by status.</summary>
    private static IEnumerable<string> CountsOf(string page) => page.Split("data-live=\"split\"")[1].Split("</nav>")[0].Split("class=\"count\">").Skip(1).Select(rest => rest.Split('<')[0]);

    private async Task<(HttpStatusCode Status, string Page)> PageAsync(RunningProduct.Tenant tenant, string path, string? token = null)
    {
        var product = await shared.Product;
        var named = $"tenant={tenant.Slug}";
        var address = path.EndsWith(named, StringComparison.Ordinal) ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{named}";
        using var response = await product.SendAsync(HttpMethod.Get, address, token ?? product.Env["SANDBOX_ADMIN_TOKEN"], null, null, Stop);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Stop));
    }
}
