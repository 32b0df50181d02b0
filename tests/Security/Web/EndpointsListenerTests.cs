using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Security.Web;

/// <summary>What "The web" promises of the endpoints listener, asked from outside.</summary>
public sealed class EndpointsListenerTests(ProductFixture fixture) : IClassFixture<ProductFixture>
{
    private RunningProduct Product => fixture.Product;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task EndpointAsync(string name, string source, string auth = "public")
    {
        var body = new JsonObject { ["name"] = name, ["kind"] = "http", ["source"] = source, ["trigger"] = new JsonObject { ["path"] = $"/{name}", ["methods"] = new JsonArray("GET", "POST"), ["auth"] = auth } };
        using var response = await Product.SendAsync(HttpMethod.Post, "/api/v1/scripts", Product.Env["SANDBOX_TOKEN"], null, body, Stop);
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync(Stop));
    }

    private async Task<(HttpResponseMessage Response, string Text)> CallAsync(string path, string? host = "demo.localhost", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (host is not null) request.Headers.Host = host;
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        var response = await Product.Endpoints.SendAsync(request, Stop);
        return (response, await response.Content.ReadAsStringAsync(Stop));
    }

    [Fact(Timeout = 120_000)]
    public async Task Our_tokens_cookies_and_the_proxys_secret_never_reach_a_script()
    {
        await EndpointAsync("headers", "return context.trigger.httpRequest.headers;", auth: "token");
        var token = Product.Env["SANDBOX_TOKEN"];
        var (_, text) = await CallAsync("/api/scripts/headers", "demo.localhost",
            ("Authorization", $"Bearer {token}"), ("Cookie", "sandbox_admin=1; mine=2; __Host-sandbox_admin=3"), ("X-Proxy-Secret", ProductFixture.ProxySecret));
        text.ShouldContain("mine=2");
        text.ShouldNotContain("sbx_");
        text.ShouldNotContain("authorization");
        text.ShouldNotContain("sandbox_admin");
        text.ShouldNotContain(ProductFixture.ProxySecret);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_token_of_ours_is_found_inside_basic_credentials_and_others_authorization_passes()
    {
        await EndpointAsync("basic", "return context.trigger.httpRequest.headers.authorization ?? 'none';");
        var ours = Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{Product.Env["SANDBOX_TOKEN"]}"));
        var theirs = Convert.ToBase64String(Encoding.UTF8.GetBytes("user:pass"));
        (await CallAsync("/api/scripts/basic", "demo.localhost", ("Authorization", $"Basic {ours}"))).Text.ShouldBe("\"none\"");
        (await CallAsync("/api/scripts/basic", "demo.localhost", ("Authorization", $"Basic {theirs}"))).Text.ShouldBe($"\"Basic {theirs}\"");
    }

    [Fact(Timeout = 120_000)]
    public async Task Authorization_cookies_and_signatures_are_masked_in_the_record_alone()
    {
        await EndpointAsync("masked", "return context.trigger.httpRequest.headers['stripe-signature'];");
        var (response, text) = await CallAsync("/api/scripts/masked", "demo.localhost", ("Authorization", "Basic dXNlcjpwYXNz"), ("Cookie", "a=hidden"), ("Stripe-Signature", "t=1,v1=hidden"));
        text.ShouldBe("\"t=1,v1=hidden\"");
        var id = response.Headers.GetValues("X-Execution-Id").Single();
        using var record = await Product.SendAsync(HttpMethod.Get, $"/api/v1/executions/{id}", Product.Env["SANDBOX_TOKEN"], null, null, Stop);
        var headers = JsonDocument.Parse(await record.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("trigger").GetProperty("httpRequest").GetProperty("headers");
        foreach (var name in new[] { "authorization", "cookie", "stripe-signature" }) headers.GetProperty(name).GetString().ShouldBe("***");
    }

    [Fact(Timeout = 120_000)]
    public async Task Under_the_tenant_prefix_an_answer_is_sandboxed_and_sets_nothing_for_the_shared_origin()
    {
        await EndpointAsync("shared", "return sdk.respond(200, 'x', { 'set-cookie': 'a=b', 'service-worker-allowed': '/', 'x-mine': '1' });");
        var (prefixed, _) = await CallAsync("/t/demo/api/scripts/shared", host: null);
        prefixed.Headers.GetValues("Content-Security-Policy").ShouldContain("sandbox");
        prefixed.Headers.Contains("Set-Cookie").ShouldBeFalse();
        prefixed.Headers.Contains("Service-Worker-Allowed").ShouldBeFalse();
        prefixed.Headers.GetValues("X-Mine").ShouldBe(["1"]);
        var (own, _) = await CallAsync("/api/scripts/shared");
        own.Headers.GetValues("Set-Cookie").ShouldBe(["a=b"]);
        own.Headers.Contains("Content-Security-Policy").ShouldBeFalse();
    }

    [Fact(Timeout = 120_000)]
    public async Task Under_the_tenant_prefix_headers_leave_that_act_on_the_answer_alone()
    {
        string[] never =
        [
            "Accept-CH", "Alt-Svc", "Clear-Site-Data", "Critical-CH", "Cross-Origin-Embedder-Policy", "Cross-Origin-Opener-Policy", "Document-Policy", "Expect-CT", "Link",
            "NEL", "No-Vary-Search", "Observe-Browsing-Topics", "Origin-Agent-Cluster", "Origin-Trial", "Permissions-Policy", "Public-Key-Pins", "Refresh", "Report-To",
            "Reporting-Endpoints", "Service-Worker-Allowed", "Set-Cookie", "Set-Cookie2", "Set-Login", "SourceMap", "Speculation-Rules", "Strict-Transport-Security",
            "Supports-Loading-Mode", "Use-As-Dictionary", "WWW-Authenticate", "X-Accel-Redirect", "X-Sendfile",
        ];
        string[] always =
        [
            "Accept-Ranges", "Access-Control-Allow-Origin", "Age", "Allow", "Cache-Control", "Content-Disposition", "Content-Language", "Cross-Origin-Resource-Policy", "ETag",
            "Expires", "Last-Modified", "Location", "RateLimit-Remaining", "Referrer-Policy", "Retry-After", "Vary", "X-Content-Type-Options", "X-Frame-Options", "X-Mine",
        ];
        await EndpointAsync("scoped", $"return sdk.respond(200, 'x', Object.fromEntries({JsonSerializer.Serialize(never.Concat(always))}.map(n => [n, '1']).concat([['Content-Security-Policy', 'sandbox allow-same-origin'], ['X-Execution-Id', 'mine']])));");
        var answer = await RawClient.SendAsync(Product.Endpoints.BaseAddress!, ["GET /t/demo/api/scripts/scoped HTTP/1.1", "Host: a"], "", Stop);
        answer.Status.ShouldBe(200);
        never.Where(name => answer.Header(name).Count > 0).ShouldBeEmpty();
        always.Where(name => !answer.Header(name).SequenceEqual(["1"])).ShouldBeEmpty();
        answer.Header("Content-Security-Policy").ShouldBe(["sandbox", "sandbox allow-same-origin"]);
        answer.Header("X-Execution-Id").ShouldHaveSingleItem().ShouldNotBe("mine");

        var own = await RawClient.SendAsync(Product.Endpoints.BaseAddress!, ["GET /api/scripts/scoped HTTP/1.1", "Host: demo.localhost"], "", Stop);
        foreach (var name in new[] { "Link", "Report-To", "Strict-Transport-Security", "WWW-Authenticate" }) own.Header(name).ShouldBe(["1"], name);
        own.Header("X-Accel-Redirect").ShouldBeEmpty();
    }

    [Fact(Timeout = 120_000)]
    public async Task Cookies_for_other_hosts_and_our_own_and_hop_by_hop_headers_are_dropped()
    {
        foreach (var (name, cookie, kept) in new[] { ("cookie-own", "sandbox_admin=1", false), ("cookie-parent", "a=1; Domain=localhost", false), ("cookie-host", "a=1; domain=demo.localhost", true) })
        {
            await EndpointAsync(name, $"return sdk.respond(200, 'x', {{ 'set-cookie': '{cookie}' }});");
            (await CallAsync($"/api/scripts/{name}")).Response.Headers.Contains("Set-Cookie").ShouldBe(kept, name);
        }

        await EndpointAsync("hops", "return sdk.respond(200, 'x', { 'keep-alive': 'timeout=9', 'connection': 'x-hop', 'x-hop': '1', 'x-end': '2' });");
        var (response, text) = await CallAsync("/api/scripts/hops");
        text.ShouldBe("x");
        response.Headers.Contains("Keep-Alive").ShouldBeFalse();
        response.Headers.Contains("X-Hop").ShouldBeFalse();
        response.Headers.GetValues("X-End").ShouldBe(["2"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tenant_is_named_by_host_then_proxy_then_prefix_and_a_disagreement_is_404()
    {
        await Product.CreateTenantAsync("elsewhere");
        (await CallAsync("/api/scripts/hello")).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await CallAsync("/t/demo/api/scripts/hello", host: null)).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await CallAsync("/api/scripts/hello", host: null)).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await CallAsync("/t/demo/api/scripts/hello", "elsewhere.localhost")).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await CallAsync("/t/nobody/api/scripts/hello", "demo.localhost")).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await CallAsync("/api/scripts/hello", null, ("X-Tenant", "demo"), ("X-Proxy-Secret", ProductFixture.ProxySecret))).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await CallAsync("/api/scripts/hello", null, ("X-Tenant", "demo"), ("X-Proxy-Secret", "guess"))).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await CallAsync("/api/scripts/hello", null, ("X-Tenant", "demo"))).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await CallAsync("/api/scripts/hello", "demo.localhost", ("X-Tenant", "elsewhere"), ("X-Proxy-Secret", ProductFixture.ProxySecret))).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("/api/v1/scripts")]
    [InlineData("/healthz")]
    [InlineData("/executions")]
    [InlineData("/signin")]
    [InlineData("/metrics")]
    [InlineData("/t/demo/api/v1/scripts")]
    [InlineData("/api/scripts/../../api/v1/scripts")]
    public async Task The_endpoints_listener_serves_nothing_else(string path) =>
        (await CallAsync(path, host: null, ("Authorization", $"Bearer {Product.Env["SANDBOX_TOKEN"]}"))).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);

    [Fact(Timeout = 120_000)]
    public async Task An_endpoint_is_closed_by_omission_and_to_other_tenants_tokens()
    {
        var body = new JsonObject { ["name"] = "closed", ["kind"] = "http", ["source"] = "return 1;", ["trigger"] = new JsonObject { ["path"] = "/closed" } };
        using var made = await Product.SendAsync(HttpMethod.Post, "/api/v1/scripts", Product.Env["SANDBOX_TOKEN"], null, body, Stop);
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        await Product.CreateTenantAsync("stranger");
        using var token = await Product.SendAsync(HttpMethod.Post, "/api/v1/tokens", Product.Env["SANDBOX_ADMIN_TOKEN"], "stranger", JsonNode.Parse("""{"name":"x","permissions":["scripts.execute"]}"""), Stop);
        var stranger = JsonDocument.Parse(await token.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("token").GetString();

        (await CallAsync("/api/scripts/closed")).Response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await CallAsync("/api/scripts/closed", "demo.localhost", ("Authorization", $"Bearer {stranger}"))).Response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await CallAsync("/api/scripts/closed", "demo.localhost", ("Authorization", $"Bearer {Product.Env["SANDBOX_TOKEN"]}"))).Text.ShouldBe("1");
    }

    [Fact(Timeout = 120_000)]
    public async Task What_a_script_threw_stays_in_the_record()
    {
        await EndpointAsync("throws", "throw new Error('internal matter');");
        var (response, text) = await CallAsync("/api/scripts/throws");
        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        text.ShouldNotContain("internal matter");
        text.ShouldContain(response.Headers.GetValues("X-Execution-Id").Single());
    }
}
