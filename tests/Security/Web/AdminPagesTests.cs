using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Sandbox.Web.Pages.Sessions;
using Sandbox.Web.Pages.Setup;
using Shouldly;
using Xunit;
using AccountModel = Sandbox.Web.Pages.Account.IndexModel;
using TenantsModel = Sandbox.Web.Pages.Tenants.IndexModel;

namespace Sandbox.Tests.Security.Web;

/// <summary>The pages: never open, never for a rebound name, never changed by another site.</summary>
public sealed class AdminPagesTests(ProductFixture fixture) : IClassFixture<ProductFixture>
{
    private RunningProduct Product => fixture.Product;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, FormUrlEncodedContent? form = null, params (string Name, string Value)[] headers)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        using var client = new HttpClient(handler) { BaseAddress = Product.Admin.BaseAddress };
        using var request = new HttpRequestMessage(method, path) { Content = form };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        var response = await client.SendAsync(request, Stop);
        await response.Content.LoadIntoBufferAsync(Stop);
        return response;
    }

    private static FormUrlEncodedContent Form(string token) => new([new("token", token)]);

    [Fact(Timeout = 120_000)]
    public async Task Without_a_session_the_executions_lead_to_the_sign_in()
    {
        var response = await SendAsync(HttpMethod.Get, "/executions");
        response.StatusCode.ShouldBe(HttpStatusCode.Found);
        response.Headers.Location!.OriginalString.ShouldBe("/signin?returnUrl=%2Fexecutions");
        (await SendAsync(HttpMethod.Get, "/executions", null, ("Cookie", "sandbox_admin=guess"))).StatusCode.ShouldBe(HttpStatusCode.Found);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_token_signs_in_with_a_cookie_that_no_script_reads_and_that_is_not_the_token()
    {
        var token = Product.Env["SANDBOX_TOKEN"];
        var response = await SendAsync(HttpMethod.Post, "/signin", Form(token));
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        var cookie = response.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldStartWith("sandbox_admin=");
        cookie.ShouldContain("httponly", Case.Insensitive);
        cookie.ShouldContain("samesite=lax", Case.Insensitive);
        cookie.ShouldNotContain(token);

        var page = await SendAsync(HttpMethod.Get, "/executions", null, ("Cookie", cookie.Split(';')[0]));
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await page.Content.ReadAsStringAsync(Stop)).ShouldContain("<h1>Executions</h1>");
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
        (await SendAsync(HttpMethod.Get, "/api/v1/scripts", null, ("Cookie", cookie.Split(';')[0]))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_session_without_a_pages_permission_is_refused_the_page()
    {
        var tenant = await Product.CreateTenantAsync("pages");
        foreach (var (permission, status) in new[] { ("scripts.read", HttpStatusCode.Forbidden), ("executions.read", HttpStatusCode.OK) })
        {
            using var made = await tenant.SendAsync(HttpMethod.Post, "/tokens", new JsonObject { ["name"] = permission, ["permissions"] = new JsonArray(permission) });
            var token = (await RunningProduct.ExpectAsync(made, HttpStatusCode.Created)).GetProperty("token").GetString()!;
            var cookie = (await SendAsync(HttpMethod.Post, "/signin", Form(token))).Headers.GetValues("Set-Cookie").Single().Split(';')[0];
            (await SendAsync(HttpMethod.Get, "/executions", null, ("Cookie", cookie))).StatusCode.ShouldBe(status);
        }
    }

    [Fact]
    public void Every_page_names_the_permission_that_it_needs_but_those_that_sign_in_the_own_account_and_the_tenants_of_superadmins()
    {
        var pages = typeof(Sandbox.Web.WebRoom).Assembly.GetTypes().Where(type => typeof(PageModel).IsAssignableFrom(type) && !type.IsAbstract).ToArray();
        pages.ShouldNotBeEmpty();
        pages.Where(page => !page.IsDefined(typeof(NeedsAttribute), inherit: false))
            .ShouldBe([typeof(SignInModel), typeof(CodeModel), typeof(UseModel), typeof(WelcomeModel), typeof(AccountModel), typeof(TenantsModel)], ignoreOrder: true);
        pages.Where(page => page.IsDefined(typeof(NeedsSignInAttribute), inherit: false)).ShouldBe([typeof(AccountModel)]);
        pages.Where(page => page.IsDefined(typeof(NeedsSuperadminAttribute), inherit: false)).ShouldBe([typeof(TenantsModel)]);
        pages.Where(page => page.IsDefined(typeof(NeedsAttribute), inherit: false))
            .ShouldNotContain(page => page.IsDefined(typeof(OpenToAnyoneAttribute), inherit: false));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("GET", "/signin", HttpStatusCode.OK)]
    [InlineData("PUT", "/signin", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/signout", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/setup/guess", HttpStatusCode.Gone)]
    [InlineData("GET", "/welcome/guess", HttpStatusCode.Gone)]
    public async Task A_page_that_is_open_to_anyone_answers_without_a_session(string method, string path, HttpStatusCode status)
    {
        var response = await SendAsync(new HttpMethod(method), path);
        response.StatusCode.ShouldBe(status);
        response.Headers.Contains("Set-Cookie").ShouldBeFalse();
        response.Headers.Contains("Content-Security-Policy").ShouldBe(status != HttpStatusCode.MethodNotAllowed);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("/signin")]
    [InlineData("/setup/guess")]
    public async Task A_page_that_is_open_to_anyone_is_not_served_under_a_foreign_name(string path) =>
        (await SendAsync(HttpMethod.Get, path, null, ("Host", "evil.example"))).StatusCode.ShouldBe(HttpStatusCode.MisdirectedRequest);

    [Fact(Timeout = 120_000)]
    public async Task A_token_in_the_address_signs_nobody_in() =>
        await ShouldSignNobodyInAsync($"/signin?token={Product.Env["SANDBOX_TOKEN"]}", new FormUrlEncodedContent([]));

    [Fact(Timeout = 120_000)]
    public async Task A_form_that_is_too_long_signs_nobody_in() =>
        await ShouldSignNobodyInAsync("/signin", new([new("token", Product.Env["SANDBOX_TOKEN"]), new("pad", new string('x', 4096))]));

    private async Task ShouldSignNobodyInAsync(string path, FormUrlEncodedContent form)
    {
        var response = await SendAsync(HttpMethod.Post, path, form);
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.Contains("Set-Cookie").ShouldBeFalse();
        (await response.Content.ReadAsStringAsync(Stop)).ShouldContain("The e-mail or the password is wrong.");
    }

    [Fact(Timeout = 120_000)]
    public async Task Signing_out_ends_the_session()
    {
        var signedIn = await SendAsync(HttpMethod.Post, "/signin", Form(Product.Env["SANDBOX_TOKEN"]));
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        (await SendAsync(HttpMethod.Get, "/executions", null, ("Cookie", cookie))).StatusCode.ShouldBe(HttpStatusCode.OK);
        var response = await SendAsync(HttpMethod.Post, "/signout", null, ("Cookie", cookie));
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        response.Headers.Location!.OriginalString.ShouldBe("/signin");
        (await SendAsync(HttpMethod.Get, "/executions", null, ("Cookie", cookie))).StatusCode.ShouldBe(HttpStatusCode.Found);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_wrong_token_signs_nobody_in()
    {
        var response = await SendAsync(HttpMethod.Post, "/signin", Form("sbx_" + new string('0', 64)));
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    [Theory(Timeout = 120_000)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Host", "evil.example", HttpStatusCode.MisdirectedRequest)]
    public async Task A_form_from_elsewhere_is_refused(string header, string value, HttpStatusCode status) =>
        (await SendAsync(HttpMethod.Post, "/signin", Form(Product.Env["SANDBOX_TOKEN"]), (header, value))).StatusCode.ShouldBe(status);

    [Theory(Timeout = 120_000)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.OK)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Unauthorized)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Unauthorized)]
    [InlineData("Sec-Fetch-Site", "none", HttpStatusCode.Unauthorized)]
    [InlineData("Origin", "http://evil.example", HttpStatusCode.Unauthorized)]
    [InlineData("Host", "evil.example", HttpStatusCode.Unauthorized)]
    [InlineData("X-Nothing", "1", HttpStatusCode.Unauthorized)]
    public async Task The_api_takes_the_session_from_our_own_pages_alone(string header, string value, HttpStatusCode status)
    {
        var signedIn = await SendAsync(HttpMethod.Post, "/signin", Form(Product.Env["SANDBOX_TOKEN"]));
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        (string, string)[] headers = header == "Host" ? [("Cookie", cookie), (header, value), ("Sec-Fetch-Site", "same-origin")] : [("Cookie", cookie), (header, value)];
        (await SendAsync(HttpMethod.Get, "/api/v1/scripts", null, headers)).StatusCode.ShouldBe(status);
        (await SendAsync(HttpMethod.Get, "/api/v1/tenants", null, headers)).StatusCode
            .ShouldBe(status == HttpStatusCode.OK ? HttpStatusCode.Forbidden : HttpStatusCode.Unauthorized);
    }

    /// <summary>The length of a compressed page would tell another site whether a text that it chose is on it.</summary>
    [Theory(Timeout = 120_000)]
    [InlineData("same-origin", "br")]
    [InlineData("none", "br")]
    [InlineData("same-site", null)]
    [InlineData("cross-site", null)]
    [InlineData("", null)]
    public async Task A_page_is_compressed_for_its_own_reader_alone(string site, string? encoding)
    {
        var signedIn = await SendAsync(HttpMethod.Post, "/signin", Form(Product.Env["SANDBOX_TOKEN"]));
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

        var page = await SendAsync(HttpMethod.Get, "/scripts?text=x", null, ("Cookie", cookie), ("Sec-Fetch-Site", site), ("Accept-Encoding", "gzip, br"));

        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.Content.Headers.ContentEncoding.SingleOrDefault().ShouldBe(encoding);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_set_up_link_works_once_and_only_by_a_post()
    {
        var path = new Uri(Product.Env["SANDBOX_SETUP_URL"]).PathAndQuery;
        (await SendAsync(HttpMethod.Get, path)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(HttpMethod.Get, path)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(HttpMethod.Post, "/setup/guess")).StatusCode.ShouldBe(HttpStatusCode.Gone);
        (await SendAsync(HttpMethod.Post, path, null, ("Sec-Fetch-Site", "cross-site"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var weak = await SendAsync(HttpMethod.Post, path, new([new("email", "ann@example.com"), new("name", "Ann"), new("password", "short")]));
        weak.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await SendAsync(HttpMethod.Get, path)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var made = await SendAsync(HttpMethod.Post, $"{path}?handler=Token");
        made.Headers.GetValues("Set-Cookie").Single().ShouldStartWith("sandbox_admin=");
        made.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await made.Content.ReadAsStringAsync(Stop)).ShouldContain("<code class=\"token\">sbx_");
        (await SendAsync(HttpMethod.Post, path)).StatusCode.ShouldBe(HttpStatusCode.Gone);
    }
}
