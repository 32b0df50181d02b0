using System.Net;
using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Sandbox.Tests.Integration.Queue;
using Sandbox.Web.Components;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>The pages below Settings.</summary>
public sealed class SettingsPagesTests(SharedProduct shared) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private RunningProduct _product = null!;
    private RunningProduct.Tenant _tenant = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _product = await shared.Product;
        _tenant = await _product.CreateTenantAsync($"t{Guid.NewGuid():N}");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact(Timeout = Patience)]
    public async Task A_secret_is_listed_by_its_name_and_its_value_is_nowhere()
    {
        (await PageAsync("/settings/secrets")).Page.ShouldContain("This tenant has no secret yet");
        await PutAsync("/secrets/crm-key", """{"value":"hunter2-hunter2"}""");

        var (status, page) = await PageAsync("/settings/secrets");
        var others = (await PageAsync("/settings/secrets", tenant: await OtherAsync())).Page;

        status.ShouldBe(HttpStatusCode.OK);
        page.ShouldContain("data-api=\"/secrets/crm-key\" data-method=\"PUT\"");
        page.ShouldContain("data-must-be=\"crm-key\"");
        page.ShouldContain("type=\"password\"");
        page.ShouldNotContain("hunter2");
        page.ShouldNotContain("style=");
        others.ShouldNotContain("crm-key");
    }

    [Theory(Timeout = Patience)]
    [InlineData("header", "id=\"header\"", "id=\"username\"")]
    [InlineData("basic", "id=\"username\"", "id=\"header\"")]
    [InlineData("query", "id=\"parameter\"", "id=\"header\"")]
    [InlineData("oauth2", "id=\"token_url\"", "id=\"header\"")]
    public async Task A_connections_form_has_the_fields_of_its_type_alone(string type, string has, string lacks)
    {
        var page = (await PageAsync($"/settings/connections/edit?type={type}")).Page;

        page.ShouldContain($"name=\"type\" value=\"{type}\"");
        page.ShouldContain(has);
        page.ShouldNotContain(lacks);
    }

    [Fact(Timeout = Patience)]
    public async Task A_connection_is_listed_and_replaced_without_its_secret_and_its_text_stays_text()
    {
        (await PageAsync("/settings/connections")).Page.ShouldContain("This tenant has no connection yet");
        await PutAsync("/connections/crm", """{"type":"basic","hosts":["api.example.com"],"username":"<b>ann","password":"hunter2-hunter2"}""");

        var list = (await PageAsync("/settings/connections")).Page;
        var form = (await PageAsync("/settings/connections/edit?name=crm")).Page;

        list.ShouldContain("api.example.com");
        list.ShouldContain("data-api=\"/connections/crm\" data-method=\"DELETE\"");
        form.ShouldContain("value=\"&lt;b&gt;ann\"");
        form.ShouldContain("name=\"type\" value=\"basic\"");
        (list + form).ShouldNotContain("hunter2");
        (list + form).ShouldNotContain("<b>ann");
    }

    [Fact(Timeout = Patience)]
    public async Task An_entity_is_listed_and_its_form_holds_what_the_API_has()
    {
        (await PageAsync("/settings/entities")).Page.ShouldContain("No table is open to scripts");
        await PutAsync(
            "/entities/goods",
            """{"table":"demo.products","key":"sku","fields":{"sku":{"read":true,"write":false},"name":{"read":true,"write":false}},"operations":["read"]}""");

        var list = (await PageAsync("/settings/entities")).Page;
        var form = (await PageAsync("/settings/entities/edit?name=goods")).Page;

        list.ShouldContain("demo.products");
        list.ShouldContain("key sku, shared by all tenants");
        list.ShouldContain("data-api=\"/entities/goods\" data-method=\"DELETE\"");
        form.ShouldContain("value=\"demo.products\"");
        form.ShouldContain("value=\"read\" checked");
        form.ShouldNotContain("value=\"insert\" checked");
        form.ShouldContain("data-key=\"sku\" value=\"read\" checked");
        form.ShouldContain("data-key=\"price\" value=\"read\"");
        form.ShouldNotContain("data-key=\"price\" value=\"read\" checked");
    }

    [Theory(Timeout = Patience)]
    [InlineData("connections", """{"type":"header","hosts":["a.example.com"],"header":"X-Key","value":"hunter2-hunter2"}""")]
    [InlineData("entities", """{"table":"demo.products","key":"sku","fields":{"sku":{"read":true,"write":false}},"operations":["read"]}""")]
    public async Task Another_tenants_thing_and_a_missing_one_look_the_same(string kind, string body)
    {
        await PutAsync($"/{kind}/zzmine", body);
        var other = await OtherAsync();

        var theirs = await PageAsync($"/settings/{kind}/edit?name=zzmine", tenant: other);
        var missing = await PageAsync($"/settings/{kind}/edit?name=zznone", tenant: other);

        (await PageAsync($"/settings/{kind}/edit?name=zzmine")).Status.ShouldBe(HttpStatusCode.OK);
        theirs.Status.ShouldBe(HttpStatusCode.NotFound);
        theirs.Page.ShouldBe(missing.Page.Replace("zznone", "zzmine", StringComparison.Ordinal));
    }

    [Fact(Timeout = Patience)]
    public async Task E_mail_settings_are_shown_without_their_password()
    {
        var before = (await PageAsync("/settings/email")).Page;
        await PutAsync(
            "/settings/email",
            """{"host":"smtp.example.com","port":2525,"security":"tls","username":"ann","password":"hunter2-hunter2","from_address":"shop@example.com","from_name":"<i>Shop"}""");

        var page = (await PageAsync("/settings/email")).Page;

        before.ShouldContain("Scripts send no e-mail yet");
        before.ShouldNotContain("data-method=\"DELETE\"");
        page.ShouldContain("value=\"smtp.example.com\"");
        page.ShouldContain("value=\"2525\"");
        page.ShouldContain("value=\"tls\" selected");
        page.ShouldContain("value=\"&lt;i&gt;Shop\"");
        page.ShouldContain("data-api=\"/settings/email\" data-method=\"DELETE\"");
        page.ShouldNotContain("hunter2");
        page.ShouldNotContain("<i>Shop");
    }

    [Fact(Timeout = Patience)]
    public async Task Limits_in_force_and_what_was_used_today_are_told()
    {
        using var limited = await _product.SendAsync(
            HttpMethod.Patch,
            $"/api/v1/tenants/{_tenant.Slug}",
            _product.Env["SANDBOX_ADMIN_TOKEN"],
            null,
            JsonNode.Parse("""{"limits":{"concurrency":37,"executions_per_day":4200}}"""),
            Stop);
        await RunningProduct.ExpectAsync(limited, HttpStatusCode.OK);
        await _tenant.CreateScriptAsync("working", "embedded", "return 1;");
        await _tenant.InvokeAsync("working");
        await _tenant.UntilListedAsync("/usage", items => items.Sum(day => day.GetProperty("executions").GetInt64()) == 1);

        var page = (await PageAsync("/settings/limits")).Page;

        page.ShouldContain("<span class=\"fact\">37</span>");
        page.ShouldContain("<span class=\"fact\">1 of 4,200</span>");
        page.ShouldContain("1 ended today");
        page.ShouldContain($"/api/v1/tenants/{_tenant.Slug}");
    }

    [Fact(Timeout = Patience)]
    public async Task The_history_page_tells_what_is_recorded_and_for_how_long()
    {
        using var limited = await _product.SendAsync(
            HttpMethod.Patch,
            $"/api/v1/tenants/{_tenant.Slug}",
            _product.Env["SANDBOX_ADMIN_TOKEN"],
            null,
            JsonNode.Parse("""{"limits":{"history_bytes":7340032}}"""),
            Stop);
        await RunningProduct.ExpectAsync(limited, HttpStatusCode.OK);

        var page = (await PageAsync("/settings/history")).Page;

        page.ShouldContain("<span class=\"fact\">30 days</span>");
        page.ShouldContain($"<span class=\"fact\">{Amount.Size(7_340_032)}</span>");
        page.ShouldContain("metadata");
        (await PageAsync("/settings/history", await TokenAsync([.. Roles.All[Roles.Viewer]]))).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact(Timeout = Patience)]
    public async Task Settings_lead_to_the_first_that_the_reader_may_open_and_show_no_other_tab()
    {
        var settings = await TokenAsync(Permissions.SettingsManage, Permissions.ExecutionsRead);
        var viewer = await TokenAsync([.. Roles.All[Roles.Viewer]]);

        var admins = (await PageAsync("/executions")).Page;
        var managers = (await PageAsync("/executions", settings)).Page;
        var tabs = (await PageAsync("/settings/entities", settings)).Page;

        admins.ShouldContain($"href=\"/settings/secrets?tenant={_tenant.Slug}\"");
        admins.ShouldNotContain("href=\"/settings/entities");
        managers.ShouldContain($"href=\"/settings/entities?tenant={_tenant.Slug}\"");
        tabs.ShouldContain("href=\"/settings/limits");
        tabs.ShouldNotContain("href=\"/settings/secrets");
        (await PageAsync("/settings/secrets", settings)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await PageAsync("/executions", viewer)).Page.ShouldNotContain("href=\"/settings/");
        (await PageAsync("/settings/limits", viewer)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<RunningProduct.Tenant> OtherAsync() => await _product.CreateTenantAsync($"t{Guid.NewGuid():N}");

    private async Task PutAsync(string path, string body)
    {
        using var response = await _tenant.SendAsync(HttpMethod.Put, path, JsonNode.Parse(body), Stop);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Stop));
    }

    private async Task<string> TokenAsync(params string[] permissions)
    {
        var granted = new JsonArray([.. permissions.Select(one => JsonValue.Create(one))]);
        using var response = await _tenant.SendAsync(HttpMethod.Post, "/tokens", new JsonObject { ["name"] = "reader", ["permissions"] = granted }, Stop);
        return (await RunningProduct.ExpectAsync(response, HttpStatusCode.Created)).GetProperty("token").GetString()!;
    }

    /// <param name="token">Null: a superadmin's.</param>
    /// <param name="tenant">Null: the test's own.</param>
    private async Task<(HttpStatusCode Status, string Page)> PageAsync(string path, string? token = null, RunningProduct.Tenant? tenant = null)
    {
        var address = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}tenant={(tenant ?? _tenant).Slug}";
        using var response = await _product.SendAsync(HttpMethod.Get, address, token ?? _product.Env["SANDBOX_ADMIN_TOKEN"], null, null, Stop);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Stop));
    }
}
