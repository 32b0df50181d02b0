using System.Net;
using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Pages;

/// <summary>The navigation's way from one tenant to another.</summary>
public sealed class TenantSwitcherTests(SharedProduct shared) : IAsyncLifetime
{
    private const int Patience = 120_000;
    private const string Password = "correct horse battery";
    private const string Switcher = "id=\"tenants\" popover";
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly string _email = $"{Guid.NewGuid():N}@switcher.example";
    private RunningProduct _product = null!;
    private RunningProduct.Tenant _first = null!;
    private RunningProduct.Tenant _second = null!;
    private RunningProduct.Tenant _foreign = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _product = await shared.Product;
        _client.BaseAddress = _product.Admin.BaseAddress;
        _first = await _product.CreateTenantAsync($"t{Guid.NewGuid():N}");
        _second = await _product.CreateTenantAsync($"t{Guid.NewGuid():N}");
        _foreign = await _product.CreateTenantAsync($"t{Guid.NewGuid():N}");
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact(Timeout = Patience)]
    public async Task A_member_of_several_tenants_is_led_to_the_same_page_of_another_and_to_no_foreign_one()
    {
        var cookie = await MemberAsync((_first, Roles.Admin), (_second, Roles.Admin));

        var settings = (await PageAsync($"/settings/entities?tenant={_first.Slug}", cookie)).Page;
        var script = (await PageAsync($"/executions?tenant={_second.Slug}", cookie)).Page;

        settings.ShouldContain(Switcher);
        settings.ShouldContain($"href=\"/settings/entities?tenant={_second.Slug}\"");
        script.ShouldContain($"href=\"/executions?tenant={_first.Slug}\"");
        (settings + script).ShouldNotContain(_foreign.Slug);
        (settings + script).ShouldNotContain("href=\"/tenants\"");
    }

    [Fact(Timeout = Patience)]
    public async Task A_page_that_the_reader_may_not_open_in_the_other_tenant_leads_to_its_overview()
    {
        var cookie = await MemberAsync((_first, Roles.Admin), (_second, Roles.Viewer));

        var page = (await PageAsync($"/settings/entities?tenant={_first.Slug}", cookie)).Page;

        page.ShouldContain($"href=\"/?tenant={_second.Slug}\"");
        page.ShouldNotContain($"href=\"/settings/entities?tenant={_second.Slug}\"");
    }

    [Fact(Timeout = Patience)]
    public async Task A_member_of_one_tenant_and_a_tenants_token_have_no_switcher_and_a_foreign_tenant_looks_as_a_missing_one()
    {
        var cookie = await MemberAsync((_first, Roles.Admin));

        var own = await PageAsync("/executions", cookie);
        using var byToken = await _product.SendAsync(HttpMethod.Get, "/executions", _product.Env["SANDBOX_TOKEN"], null, null, Stop);
        var foreign = await PageAsync($"/executions?tenant={_foreign.Slug}", cookie);
        var missing = await PageAsync($"/executions?tenant={_foreign.Slug}x", cookie);

        own.Status.ShouldBe(HttpStatusCode.OK);
        own.Page.ShouldNotContain(Switcher);
        byToken.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await byToken.Content.ReadAsStringAsync(Stop)).ShouldNotContain(Switcher);
        foreign.Status.ShouldBe(HttpStatusCode.Forbidden);
        foreign.Page.ShouldNotContain(_foreign.Slug);
        missing.Status.ShouldBe(foreign.Status);
    }

    [Fact(Timeout = Patience)]
    public async Task A_superadmin_reaches_the_list_of_all_tenants()
    {
        using var response = await _product.SendAsync(
            HttpMethod.Get, $"/executions?tenant={_first.Slug}", _product.Env["SANDBOX_ADMIN_TOKEN"], null, null, Stop);
        var page = await response.Content.ReadAsStringAsync(Stop);

        page.ShouldContain(Switcher);
        page.ShouldContain("<a class=\"all\" href=\"/tenants\">");
    }

    /// <summary>The cookie of a new person, who is a member of these.</summary>
    private async Task<string> MemberAsync(params (RunningProduct.Tenant Tenant, string Role)[] memberships)
    {
        foreach (var (tenant, role) in memberships)
        {
            var body = new JsonObject { ["email"] = _email, ["name"] = "Ann", ["role"] = role };
            using var response = await tenant.SendAsync(HttpMethod.Post, "/members", body, Stop);
            var made = await RunningProduct.ExpectAsync(response, HttpStatusCode.Created);
            if (tenant != memberships[0].Tenant) continue;
            using var password = new FormUrlEncodedContent([KeyValuePair.Create("password", Password)]);
            using var set = await _client.PostAsync(new Uri(made.GetProperty("link").GetString()!).PathAndQuery, password, Stop);
            set.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        }

        using var form = new FormUrlEncodedContent([KeyValuePair.Create("email", _email), KeyValuePair.Create("password", Password)]);
        using var signedIn = await _client.PostAsync("/signin", form, Stop);
        return signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private async Task<(HttpStatusCode Status, string Page)> PageAsync(string path, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Cookie", cookie);
        using var response = await _client.SendAsync(request, Stop);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Stop));
    }
}
