using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Http;

/// <summary>What browsers, proxies, impatient callers and a host application on the same machine meet at the listeners.</summary>
public sealed class ListenersTests(ListenersTests.Fixture fixture) : IClassFixture<ListenersTests.Fixture>
{
    private RunningProduct Product => fixture.Product;

    private RunningProduct.Tenant Tenant => fixture.Tenant;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task The_socket_serves_the_api_alone_and_to_its_owner_alone()
    {
        (File.GetUnixFileMode(fixture.Socket) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)).ShouldBe(UnixFileMode.None);
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(fixture.Socket), token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        { BaseAddress = new Uri("http://localhost") };
        (await client.GetAsync("/api/v1/scripts", Stop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await client.GetAsync("/signin", Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Product.Env["SANDBOX_TOKEN"]);
        using var scripts = await client.GetAsync("/api/v1/scripts", Stop);
        (await RunningProduct.ExpectAsync(scripts, HttpStatusCode.OK)).GetProperty("items").GetArrayLength().ShouldBeGreaterThan(0);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_browser_of_an_allowed_origin_is_answered_by_cors_and_no_other()
    {
        await Tenant.CreateScriptAsync("shared", "http", "return { method: context.trigger.httpRequest.method };", trigger: new JsonObject
        {
            ["path"] = "/shared",
            ["methods"] = new JsonArray("GET", "PUT"),
            ["auth"] = "public",
            ["cors"] = new JsonObject { ["origins"] = new JsonArray("https://shop.example"), ["headers"] = new JsonArray("x-order") },
        });
        using var preflight = await CallAsync(HttpMethod.Options, "/shared", "https://shop.example", ("Access-Control-Request-Method", "PUT"));
        preflight.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        preflight.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["https://shop.example"]);
        preflight.Headers.GetValues("Access-Control-Allow-Methods").Single().ShouldContain("PUT");
        preflight.Headers.GetValues("Access-Control-Allow-Headers").ShouldBe(["x-order"]);

        using var actual = await CallAsync(HttpMethod.Put, "/shared", "https://shop.example");
        actual.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["https://shop.example"]);
        (await actual.Content.ReadAsStringAsync(Stop)).ShouldBe("""{"method":"PUT"}""");

        foreach (var method in new[] { HttpMethod.Options, HttpMethod.Get })
        {
            using var other = await CallAsync(method, "/shared", "https://evil.example", ("Access-Control-Request-Method", "PUT"));
            other.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Requests_beyond_the_minutes_number_are_429_and_no_executions()
    {
        await Tenant.CreateScriptAsync("seldom", "http", "return 1;", trigger: new JsonObject { ["path"] = "/seldom", ["methods"] = new JsonArray("GET"), ["auth"] = "public", ["requests_per_minute"] = 2 });
        var statuses = new List<int>();
        // The minute may turn once in between.
        for (var i = 0; i < 5; i++)
        {
            using var response = await CallAsync(HttpMethod.Get, "/seldom", null);
            statuses.Add((int)response.StatusCode);
            if (response.StatusCode != HttpStatusCode.TooManyRequests) continue;
            var problem = await RunningProduct.ExpectAsync(response, HttpStatusCode.TooManyRequests);
            problem.GetProperty("code").GetString().ShouldBe("RATE_LIMIT");
            response.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
        }

        statuses.ShouldContain(429);
        (await Tenant.GetAsync("/executions?script=seldom")).GetProperty("items").GetArrayLength().ShouldBe(statuses.Count(status => status == 200));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_caller_who_goes_away_ends_his_execution()
    {
        await Tenant.CreateEndpointAsync("patient", "/patient", "await new Promise(r => setTimeout(r, 25000)); return 1;");
        using var gone = new CancellationTokenSource();
        var call = Tenant.CallAsync("/patient", gone.Token);
        while ((await Tenant.GetAsync("/executions?script=patient&status=running")).GetProperty("items").GetArrayLength() == 0) await Task.Delay(20, Stop);
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);
        while ((await Tenant.GetAsync("/executions?script=patient&status=cancelled")).GetProperty("items").GetArrayLength() == 0) await Task.Delay(20, Stop);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_forwarded_address_is_believed_from_a_configured_proxy_alone()
    {
        await Tenant.CreateEndpointAsync("whose", "/whose", "return context.trigger.httpRequest.ip;");
        using var forwarded = await CallAsync(HttpMethod.Get, "/whose", null, ("X-Forwarded-For", "203.0.113.9, 198.51.100.7"));
        (await forwarded.Content.ReadAsStringAsync(Stop)).ShouldBe("\"198.51.100.7\"", "what the client itself wrote before the proxy's entry is not believed");

        await using var direct = await RunningProduct.StartAsync();
        var tenant = await direct.CreateTenantAsync("direct");
        await tenant.CreateEndpointAsync("whose", "/whose", "return context.trigger.httpRequest.ip;");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/t/direct/api/scripts/whose");
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        using var answer = await direct.Endpoints.SendAsync(request, Stop);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldBe("\"127.0.0.1\"");
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_the_demo_there_is_no_tenant_and_no_token_but_a_link_to_set_up()
    {
        await using var product = await RunningProduct.StartAsync("--Sandbox:Demo:Enabled=false");
        product.Env.Keys.ShouldNotContain("SANDBOX_TOKEN");
        product.Env.Keys.ShouldNotContain("SANDBOX_ADMIN_TOKEN");
        await product.UntilPrintedAsync("/setup", Stop);
        (await product.Admin.GetAsync("/api/v1/tenants", Stop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await product.Endpoints.GetAsync("/t/demo/api/scripts/hello", Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_body_that_outgrows_the_pipe_is_too_large_and_a_cookie_without_a_name_is_none()
    {
        await Tenant.CreateScriptAsync("large", "http", "sdk.respond(200, '', { 'set-cookie': '=sandbox_admin=evil' });", trigger: new JsonObject { ["path"] = "/large", ["methods"] = new JsonArray("POST"), ["auth"] = "public", ["body_limit_bytes"] = 10 << 20 });
        using var quotes = new StringContent(new string('\u0001', 10 << 20));
        using var refused = await Product.Endpoints.PostAsync(new Uri($"/t/{Tenant.Slug}/api/scripts/large", UriKind.Relative), quotes, Stop);
        (await RunningProduct.ExpectAsync(refused, HttpStatusCode.RequestEntityTooLarge)).GetProperty("code").GetString().ShouldBe("INPUT_TOO_LARGE");

        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/scripts/large");
        request.Headers.Host = "web.localhost";
        using var answer = await Product.Endpoints.SendAsync(request, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    [Fact(Timeout = 120_000)]
    public async Task Limits_of_a_tenant_that_are_changed_at_once_are_all_kept()
    {
        await Product.CreateTenantAsync("limited");
        var changes = new[] { ("concurrency", 7), ("executions_per_minute", 8), ("executions_per_day", 9), ("calls_per_minute", 10) };
        await Task.WhenAll(changes.Select(async change =>
        {
            using var answer = await Product.SendAsync(HttpMethod.Patch, "/api/v1/tenants/limited", Product.Env["SANDBOX_ADMIN_TOKEN"], null, new JsonObject { ["limits"] = new JsonObject { [change.Item1] = change.Item2 } }, Stop);
            await RunningProduct.ExpectAsync(answer, HttpStatusCode.OK);
        }));
        using var read = await Product.SendAsync(HttpMethod.Get, "/api/v1/tenants/limited", Product.Env["SANDBOX_ADMIN_TOKEN"], null, null, Stop);
        var limits = (await RunningProduct.ExpectAsync(read, HttpStatusCode.OK)).GetProperty("limits");
        foreach (var (name, value) in changes) limits.GetProperty(name).GetInt32().ShouldBe(value, name);
    }

    [Fact(Timeout = 120_000)]
    public async Task Names_in_a_query_or_form_differ_by_their_case()
    {
        await Tenant.CreateScriptAsync("named", "http", "return [context.trigger.httpRequest.query, context.trigger.httpRequest.body];", trigger: new JsonObject { ["path"] = "/named", ["methods"] = new JsonArray("POST"), ["auth"] = "public" });
        using var form = new FormUrlEncodedContent([new("a", "1"), new("a", "2"), new("A", "3 +é")]);
        using var response = await Product.Endpoints.PostAsync(new Uri($"/t/{Tenant.Slug}/api/scripts/named?a=1&A=2&b=x%20y&b=", UriKind.Relative), form, Stop);
        (await response.Content.ReadAsStringAsync(Stop)).ShouldBe("""[{"a":"1","A":"2","b":["x y",""]},{"a":["1","2"],"A":"3 +é"}]""");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tenant_that_is_suspended_and_a_script_that_is_off_refuse_and_record_it()
    {
        var tenant = await Product.CreateTenantAsync("switched");
        await tenant.CreateEndpointAsync("off", "/off", "return 1;");
        using (var disabled = await tenant.SendAsync(HttpMethod.Post, "/scripts/off/disable", new JsonObject { ["reason"] = "secret reason" })) disabled.EnsureSuccessStatusCode();
        using (var answer = await tenant.CallAsync("/off", Stop))
        {
            var problem = await RunningProduct.ExpectAsync(answer, HttpStatusCode.ServiceUnavailable);
            problem.ToString().ShouldNotContain("secret");
            var record = await tenant.GetAsync($"/executions/{answer.Headers.GetValues("X-Execution-Id").Single()}");
            record.GetProperty("code").GetString().ShouldBe("NOT_ALLOWED");
        }

        using (var suspended = await Product.SendAsync(HttpMethod.Post, "/api/v1/tenants/switched/suspend", Product.Env["SANDBOX_ADMIN_TOKEN"], null, new JsonObject(), Stop)) suspended.EnsureSuccessStatusCode();
        using var refused = await tenant.CallAsync("/off", Stop);
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter.ShouldNotBeNull();
        (await tenant.GetAsync($"/executions/{refused.Headers.GetValues("X-Execution-Id").Single()}")).GetProperty("error").GetProperty("message").GetString()!.ShouldContain("suspended");
        (await tenant.InvokeAsync("off")).GetProperty("code").GetString().ShouldBe("NOT_ALLOWED");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_quota_says_when_it_ends()
    {
        using var made = await Product.SendAsync(HttpMethod.Post, "/api/v1/tenants", Product.Env["SANDBOX_ADMIN_TOKEN"], null, new JsonObject { ["slug"] = "once", ["limits"] = new JsonObject { ["executions_per_day"] = 1 } }, Stop);
        await RunningProduct.ExpectAsync(made, HttpStatusCode.Created);
        var tenant = new RunningProduct.Tenant(Product, "once");
        await tenant.CreateEndpointAsync("daily", "/daily", "return 1;");

        // Each day lets one through: where midnight comes between the calls, the third is refused.
        var asked = TimeProvider.System.GetUtcNow().UtcDateTime;
        var answer = await tenant.CallAsync("/daily", Stop);
        var first = asked;
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        for (var let = 1; answer.StatusCode == HttpStatusCode.OK; let++)
        {
            let.ShouldBeLessThanOrEqualTo(asked.Date == first.Date ? 1 : 2);
            answer.Dispose();
            asked = TimeProvider.System.GetUtcNow().UtcDateTime;
            answer = await tenant.CallAsync("/daily", Stop);
        }

        using var refused = answer;
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        Math.Abs((refused.Headers.RetryAfter!.Delta!.Value - (asked.Date.AddDays(1) - asked)).TotalMinutes).ShouldBeLessThan(2);

        using var lifted = await Product.SendAsync(HttpMethod.Patch, "/api/v1/tenants/once", Product.Env["SANDBOX_ADMIN_TOKEN"], null, new JsonObject { ["limits"] = new JsonObject { ["executions_per_day"] = null } }, Stop);
        await RunningProduct.ExpectAsync(lifted, HttpStatusCode.OK);
        (await tenant.CallAsync("/daily", Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_metrics_page_has_our_own_and_the_process_alone()
    {
        await (await Tenant.CallAsync("/none", Stop)).Content.ReadAsStringAsync(Stop);
        var text = await Product.Metrics.GetStringAsync(new Uri("/metrics", UriKind.Relative), Stop);
        var names = text.Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]).ToArray();
        names.ShouldAllBe(name => name.StartsWith("sandbox_") || name.StartsWith("process_") || name.StartsWith("dotnet_"));
        names.ShouldContain("sandbox_workers_memory_bytes");
        names.ShouldContain("sandbox_workers_cpu_seconds_total");
        text.ShouldContain("sandbox_endpoint_refusals_total{code=\"NOT_FOUND\"}");
        text.ShouldContain("sandbox_isolation_measure{measure=\"seccomp filter\"} 1");
    }

    private async Task<HttpResponseMessage> CallAsync(HttpMethod method, string path, string? origin, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, $"/t/{Tenant.Slug}/api/scripts{path}");
        if (origin is not null) request.Headers.Add("Origin", origin);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await Product.Endpoints.SendAsync(request, Stop);
    }

    /// <summary>A product behind a proxy, with a socket.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-socket-").FullName;

        internal RunningProduct Product { get; private set; } = null!;

        internal RunningProduct.Tenant Tenant { get; private set; } = null!;

        internal string Socket => Path.Combine(_folder, "api.sock");

        public async ValueTask InitializeAsync()
        {
            Product = await RunningProduct.StartAsync("--Sandbox:Proxy:Addresses:0=127.0.0.1", $"--Sandbox:Listen:Socket={Socket}");
            Tenant = await Product.CreateTenantAsync("web");
        }

        public async ValueTask DisposeAsync()
        {
            await Product.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }
}
