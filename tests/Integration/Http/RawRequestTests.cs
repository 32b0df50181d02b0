using System.Globalization;
using System.Text.RegularExpressions;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Http;

/// <summary>Requests as bytes: what passes untouched, and how what is no HTTP is refused.</summary>
public sealed class RawRequestTests(ProductFixture fixture) : IClassFixture<ProductFixture>
{
    private RunningProduct Product => fixture.Product;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<RunningProduct.Tenant> TenantAsync(string slug, string source)
    {
        var tenant = await Product.CreateTenantAsync(slug);
        await tenant.CreateEndpointAsync("raw", "/raw", source, method: "POST");
        return tenant;
    }

    private Task<RawAnswer> PostAsync(string slug, string body, params string[] headers) =>
        RawClient.SendAsync(Product.Endpoints.BaseAddress!, [$"POST /api/scripts/raw HTTP/1.1", $"Host: {slug}.localhost", $"Content-Length: {body.Length}", .. headers], body, Stop);

    [Fact(Timeout = 120_000)]
    public async Task Every_byte_of_a_header_that_http_allows_reaches_the_script_and_comes_back()
    {
        await TenantAsync("bytes", "const h = context.trigger.httpRequest.headers; return sdk.respond(200, [...h['x-test']].map(c => c.charCodeAt(0)), { 'x-back': h['x-test'], 'x-cookie': h.cookie });");
        var value = string.Concat(Enumerable.Range(0x21, 0x7e - 0x20).Concat(Enumerable.Range(0x80, 0x80)).Select(code => (char)code));
        value = $"\u0085{value}\u00a0";
        var answer = await PostAsync("bytes", "", $"X-Test: {value}", "Cookie: a=\u00e9\u00a0;b=\u0085");
        answer.Status.ShouldBe(200);
        answer.Body.ShouldBe($"[{string.Join(',', value.Select(c => ((int)c).ToString()))}]");
        answer.Header("X-Back").ShouldBe([value]);
        answer.Header("X-Cookie").ShouldBe(["a=\u00e9\u00a0;b=\u0085"]);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("X-Test: \u00e9")]
    [InlineData("Cookie: a=\u00e9")]
    [InlineData("User-Agent: \u00ff")]
    [InlineData("X-Forwarded-For: \u00e9")]
    [InlineData("X-Forwarded-Host: \u00e9")]
    [InlineData("X-Tenant: \u00e9")]
    public async Task A_header_with_a_byte_that_is_no_ascii_is_refused_by_no_listener(string header)
    {
        foreach (var (listener, path) in new[] { (Product.Admin, "/healthz"), (Product.Metrics, "/metrics"), (Product.Endpoints, "/t/demo/api/scripts/hello") })
            (await RawClient.SendAsync(listener.BaseAddress!, [$"GET {path} HTTP/1.1", "Host: localhost", header], "", Stop)).Status.ShouldBe(200, path);
    }

    [Fact(Timeout = 120_000)]
    public async Task One_name_twice_is_joined_by_a_comma_and_cookies_by_a_semicolon()
    {
        await TenantAsync("twice", "const h = context.trigger.httpRequest.headers; return [h['x-a'], h.cookie, h.authorization];");
        (await PostAsync("twice", "", "X-A: 1", "x-a: 2", "Cookie: a=1", "Cookie: b=2;c=3", "Authorization: Basic eA==", "Authorization: Digest y"))
            .Body.ShouldBe("""["1, 2","a=1; b=2;c=3","Basic eA==, Digest y"]""");
        (await PostAsync("twice", "", "X-A: 1", "Cookie: a=1; sandbox_admin=2;=sandbox_admin=3; b=4")).Body.ShouldBe("""["1","a=1; b=4",null]""");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_body_reaches_the_script_parsed_and_with_every_byte()
    {
        await TenantAsync("bodies", "const r = context.trigger.httpRequest; return [r.body, r.rawBody, r.rawBodyEncoding ?? null, r.body && Object.keys(r.body)];");
        (await PostAsync("bodies", "\u00ef\u00bb\u00bf{\"__proto__\":1,\"a\":\"\\ud800\\u0000\"}", "Content-Type: text/json")).Body
            .ShouldBe("[{\"__proto__\":1,\"a\":\"\\ud800\\u0000\"},\"\u00ef\u00bb\u00bf{\\\"__proto__\\\":1,\\\"a\\\":\\\"\\\\ud800\\\\u0000\\\"}\",null,[\"__proto__\",\"a\"]]");
        (await PostAsync("bodies", "\u00e9", "Content-Type: text/plain; charset=iso-8859-1")).Body.ShouldBe("[\"\u00c3\u00a9\",\"6Q==\",\"base64\",[\"0\"]]");
        (await PostAsync("bodies", "[1]", "Content-Type: application/json", "Content-Encoding: gzip")).Body.ShouldBe("[null,\"[1]\",null,null]");
        (await PostAsync("bodies", "--b\r\nContent-Disposition: form-data; name=f; filename=x\r\n\r\n\u00ff\r\n--b--", "Content-Type: multipart/form-data; boundary=b")).Body
            .ShouldStartWith("[{\"f\":{\"filename\":\"x\",\"contentType\":\"text/plain\",\"size\":1,\"base64\":\"/w==\"}},\"LS1i");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_body_of_500_levels_is_parsed_and_recorded_and_a_deeper_one_is_null()
    {
        var tenant = await TenantAsync("deep", "let d = 0; for (let b = context.trigger.httpRequest.body; b; b = b[0]) d++; return d;");
        foreach (var (levels, seen) in new[] { (500, "500"), (501, "0"), (100_000, "0") })
        {
            var answer = await PostAsync("deep", new string('[', levels) + new string(']', levels), "Content-Type: application/json");
            answer.Body.ShouldBe(seen);
            (await tenant.GetAsync($"/executions/{answer.Header("X-Execution-Id").Single()}")).GetProperty("status").GetString().ShouldBe("completed");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_parameter_is_decoded_once_in_its_segment_and_a_query_keeps_what_does_not_decode()
    {
        var tenant = await Product.CreateTenantAsync("decoded");
        await tenant.CreateEndpointAsync("decoded", "/a/{one}/{*rest}", "const r = context.trigger.httpRequest; return [r.params, r.query];");
        (await RawClient.SendAsync(Product.Endpoints.BaseAddress!,
            ["GET /api/scripts/a/x%2Fy%252F%zz%ff/b%2Fc/d?q=1&q[]=2&q=%C3%A9+%2B&bad=%zz%e9&Q=&__proto__=p&n=%00 HTTP/1.1", "Host: decoded.localhost"], "", Stop)).Body
            .ShouldBe("[{\"one\":\"x/y%2F%zz%ff\",\"rest\":\"b/c/d\"},{\"q\":[\"1\",\"\u00c3\u00a9 +\"],\"q[]\":\"2\",\"bad\":\"%zz%e9\",\"Q\":\"\",\"__proto__\":\"p\",\"n\":\"\\u0000\"}]");
    }

    /// <summary>What is no HTTP, by what is wrong with it.</summary>
    public static TheoryData<string, int, string> Broken => new()
    {
        { "target", 400, "GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "form of the target", 400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "NUL in the path", 400, "GET /t/demo/api/scripts/hel%00lo HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "byte in the path", 400, "GET /t/demo/api/scripts/\u00e9 HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "length of the line", 414, $"GET /{new string('a', 9_000)} HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "length of a header", 431, $"GET / HTTP/1.1\r\nHost: a\r\nX-Long: {new string('a', 40_000)}\r\n\r\n" },
        { "number of headers", 431, $"GET / HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Repeat("X-Many: 1\r\n", 200))}\r\n" },
        { "no Host", 400, "GET / HTTP/1.1\r\n\r\n" },
        { "two Hosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" },
        { "byte in the Host", 400, "GET / HTTP/1.1\r\nHost: \u00e9\r\n\r\n" },
        { "NUL in a header", 400, "GET / HTTP/1.1\r\nHost: a\r\nX-Nul: a\0b\r\n\r\n" },
        { "header without a colon", 400, "GET / HTTP/1.1\r\nHost: a\r\nX-None\r\n\r\n" },
        { "length that is none", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n" },
    };

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Broken))]
    public async Task What_is_no_http_is_refused_as_a_problem_by_the_endpoints_listener_and_counted(string wrong, int status, string request)
    {
        var before = await RefusalsAsync();
        Check(wrong, status, await RawClient.SendAsync(Product.Endpoints.BaseAddress!, request, Stop));
        (await RefusalsAsync()).ShouldBe(before + 1, wrong);
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Broken))]
    public async Task What_is_no_http_is_refused_as_a_problem_by_the_admin_listener(string wrong, int status, string request) =>
        Check(wrong, status, await RawClient.SendAsync(Product.Admin.BaseAddress!, request, Stop));

    [Fact(Timeout = 120_000)]
    public async Task A_nul_in_the_path_of_an_absolute_target_is_refused()
    {
        var before = await RefusalsAsync();
        Check("absolute", 400, await RawClient.SendAsync(Product.Endpoints.BaseAddress!, ["GET http://a/t/demo/api/scripts/hel%00lo HTTP/1.1", "Host: a"], "", Stop));
        (await RefusalsAsync()).ShouldBe(before + 1);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("GET http://a/api/v1/scripts/a%00b HTTP/1.1")]
    [InlineData("GET http://a/api/v1/a%00b HTTP/1.1")]
    [InlineData("GET /api/v1/scripts/a%00b HTTP/1.1")]
    public async Task A_nul_in_the_path_is_refused_by_the_admin_listener(string line) =>
        Check(line, 400, await RawClient.SendAsync(Product.Admin.BaseAddress!, [line, "Host: a", $"Authorization: Bearer {Product.Env["SANDBOX_TOKEN"]}"], "", Stop));

    [Fact(Timeout = 120_000)]
    public async Task A_request_that_was_answered_before_its_body_broke_has_that_answer_alone()
    {
        var answer = await RawClient.SendAsync(Product.Endpoints.BaseAddress!, "POST /t/demo/api/scripts/none HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", Stop);
        answer.Status.ShouldBe(404);
        answer.Text.LastIndexOf("HTTP/1.1 ", StringComparison.Ordinal).ShouldBe(0);
        answer.Header("Content-Length").ShouldBe([answer.Body.Length.ToString(CultureInfo.InvariantCulture)]);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_body_with_broken_chunks_is_refused_and_counted()
    {
        await TenantAsync("chunks", "return 1;");
        var before = await RefusalsAsync();
        Check("endpoints", 400, await RawClient.SendAsync(Product.Endpoints.BaseAddress!, ["POST /api/scripts/raw HTTP/1.1", "Host: chunks.localhost", "Transfer-Encoding: chunked"], "zz\r\nabc\r\n", Stop));
        (await RefusalsAsync()).ShouldBe(before + 1);
        Check("admin", 400, await RawClient.SendAsync(Product.Admin.BaseAddress!,
            ["POST /api/v1/scripts HTTP/1.1", "Host: a", "Content-Type: application/json", $"Authorization: Bearer {Product.Env["SANDBOX_TOKEN"]}", "Transfer-Encoding: chunked"], "zz\r\nabc\r\n", Stop));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_refusal_follows_the_answers_to_the_requests_before_it()
    {
        var answer = await RawClient.SendAsync(Product.Endpoints.BaseAddress!, "GET /t/demo/api/scripts/hello HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a b\r\n\r\n", Stop);
        answer.Status.ShouldBe(200);
        var second = answer.Text.LastIndexOf("HTTP/1.1 ", StringComparison.Ordinal);
        second.ShouldBeGreaterThan(0);
        Check("second", 400, new RawAnswer(answer.Text[second..]));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_refused_head_request_has_no_body()
    {
        var answer = await RawClient.SendAsync(Product.Endpoints.BaseAddress!, "HEAD / HTTP/1.1\r\nHost: a b\r\n\r\n", Stop);
        answer.Status.ShouldBe(400);
        answer.Body.ShouldBeEmpty();
    }

    private static void Check(string wrong, int status, RawAnswer answer)
    {
        answer.Status.ShouldBe(status, wrong);
        answer.Header("Content-Type").ShouldBe(["application/problem+json"], wrong);
        answer.Header("Content-Length").ShouldBe([answer.Body.Length.ToString(CultureInfo.InvariantCulture)], wrong);
        answer.Header("Connection").ShouldBe(["close"], wrong);
        answer.Problem.GetProperty("code").GetString().ShouldBe("INVALID_ARGUMENT", wrong);
        answer.Problem.GetProperty("status").GetInt32().ShouldBe(status, wrong);
    }

    private async Task<int> RefusalsAsync()
    {
        var text = await Product.Metrics.GetStringAsync(new Uri("/metrics", UriKind.Relative), Stop);
        var count = Regex.Match(text, """sandbox_endpoint_refusals_total\{code="INVALID_ARGUMENT"\} (?<count>\d+)""", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["count"].Value;
        return count.Length == 0 ? 0 : int.Parse(count);
    }
}
