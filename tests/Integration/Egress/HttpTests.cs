using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sandbox.Tests.Integration.Broker;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Egress;

/// <summary><c>sdk.http</c> against real servers.</summary>
public sealed class HttpTests(NetworkFixture fixture) : IClassFixture<NetworkFixture>
{

    [Fact(Timeout = 120_000)]
    public async Task A_request_goes_out_as_it_was_written_and_its_answer_comes_back()
    {
        fixture.Network.Names.Add("api.example.com", LoopbackNetwork.Public);
        await using var server = await WebServer.StartAsync(fixture.Network, 8000, async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            context.Response.Headers.Append("X-Two", "a");
            context.Response.Headers.Append("X-Two", "b");
            context.Response.Headers.Append("Set-Cookie", "c=1");
            context.Response.Headers.Append("Set-Cookie", "d=2");
            context.Response.StatusCode = 201;
            await context.Response.WriteAsJsonAsync(new
            {
                context.Request.Method,
                Target = context.Request.Path + context.Request.QueryString,
                Host = context.Request.Host.Value,
                Type = context.Request.ContentType,
                Custom = context.Request.Headers["x-custom"].ToString(),
                Agent = context.Request.Headers.UserAgent.ToString(),
                body,
            });
        });
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        var output = Parse(await tenant.OutputAsync("""
            const answer = await sdk.http.post('http://api.example.com:8000/orders?a=1', { n: 1, t: 'ü' }, { headers: { 'X-Custom': 'é' }, query: { b: ['x y', 'z&'], c: null } });
            const text = await sdk.http.put('http://api.example.com:8000/', 'plain');
            const bytes = await sdk.http.patch('http://api.example.com:8000/', new Uint8Array([104, 105]));
            return { answer, text: text.body, bytes: bytes.body };
            """));

        var answer = output["answer"]!;
        answer["status"]!.GetValue<int>().ShouldBe(201);
        answer["ok"]!.GetValue<bool>().ShouldBeTrue();
        answer["headers"]!["x-two"]!.GetValue<string>().ShouldBe("a, b");
        answer["headers"]!["set-cookie"]!.AsArray().Count.ShouldBe(2);
        var seen = answer["body"]!;
        seen["method"]!.GetValue<string>().ShouldBe("POST");
        seen["target"]!.GetValue<string>().ShouldBe("/orders?a=1&b=x%20y&b=z%26");
        seen["host"]!.GetValue<string>().ShouldBe("api.example.com:8000");
        seen["type"]!.GetValue<string>().ShouldBe("application/json");
        seen["custom"]!.GetValue<string>().ShouldBe("é");
        seen["body"]!.GetValue<string>().ShouldBe("""{"n":1,"t":"ü"}""");
        output["text"]!["type"]!.GetValue<string>().ShouldBe("text/plain;charset=UTF-8");
        output["text"]!["body"]!.GetValue<string>().ShouldBe("plain");
        output["bytes"]!["type"]!.GetValue<string>().ShouldBe("application/octet-stream");
        output["bytes"]!["body"]!.GetValue<string>().ShouldBe("hi");
    }

    [Theory(Timeout = 120_000)]
    [InlineData("http://127.0.0.1:{admin}/api/v1/tenants", "EGRESS_BLOCKED")]
    [InlineData("http://[::1]/", "EGRESS_BLOCKED")]
    [InlineData("http://0x7f.1/", "EGRESS_BLOCKED")]
    [InlineData("http://2130706433/", "EGRESS_BLOCKED")]
    [InlineData("http://localhost/", "EGRESS_BLOCKED")]
    [InlineData("http://10.9.0.5:8080/", "EGRESS_BLOCKED")]
    [InlineData("http://inside.example.com:8080/", "EGRESS_BLOCKED")]
    [InlineData("http://mixed.example.com:8080/", "EGRESS_BLOCKED")]
    [InlineData("http://169.254.169.254/latest/meta-data", "EGRESS_BLOCKED")]
    [InlineData("http://metadata.google.internal/", "EGRESS_BLOCKED")]
    [InlineData("http://93.184.216.34:5432/", "EGRESS_BLOCKED")]
    [InlineData("http://93.184.216.34:22/", "EGRESS_BLOCKED")]
    [InlineData("http://nowhere.example.com/", "HTTP_ERROR")]
    [InlineData("http://93.184.216.34:8999/", "HTTP_ERROR")]
    [InlineData("http://user:secret@93.184.216.34/", "INVALID_ARGUMENT")]
    [InlineData("file:///etc/passwd", "INVALID_ARGUMENT")]
    [InlineData("/orders", "INVALID_ARGUMENT")]
    [InlineData("http://256.1.1.1/", "INVALID_ARGUMENT")]
    public async Task What_may_not_be_called_is_refused_with_its_code_and_the_host(string url, string code)
    {
        fixture.Network.Names.Add("inside.example.com", LoopbackNetwork.Private);
        fixture.Network.Names.Add("mixed.example.com", LoopbackNetwork.Public, LoopbackNetwork.Private);
        url = url.Replace("{admin}", $"{fixture.Product.Admin.BaseAddress!.Port}", StringComparison.Ordinal);
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        var execution = await tenant.RunAsync("return await sdk.http.get(context.input);", url, uses: """{"hosts":["*"]}""");

        execution.GetProperty("code").GetString().ShouldBe(code, execution.GetRawText());
        if (code != "INVALID_ARGUMENT") execution.GetProperty("error").GetProperty("message").GetString()!.ShouldContain(new Uri(url).Host.Trim('[', ']'));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_name_is_looked_up_once_so_that_a_second_answer_changes_nothing()
    {
        var seen = 0;
        await using var server = await WebServer.StartAsync(fixture.Network, 8001, context =>
        {
            Interlocked.Increment(ref seen);
            return context.Response.WriteAsync($"{context.Connection.LocalIpAddress}");
        });
        // Public when it is asked for first, and inside from then on.
        fixture.Network.Names.Add("rebind.example.com", asked => [System.Net.IPAddress.Parse(asked == 1 ? LoopbackNetwork.Public : LoopbackNetwork.Private)]);
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        (await tenant.OutputAsync("return (await sdk.http.get('http://rebind.example.com:8001/')).text;")).ShouldContain(LoopbackNetwork.Public);

        fixture.Network.Names.Asked("rebind.example.com").ShouldBe(1);
        var other = await SdkTenant.NewAsync(fixture.Product);
        var execution = await other.RunAsync("return (await sdk.http.get('http://rebind.example.com:8001/')).text;");
        execution.GetProperty("code").GetString().ShouldBe("EGRESS_BLOCKED");
        seen.ShouldBe(1);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_redirect_is_checked_anew_and_takes_no_credential_elsewhere()
    {
        fixture.Network.Names.Add("one.example.com", LoopbackNetwork.Public);
        fixture.Network.Names.Add("two.example.com", "93.184.216.35");
        await using var server = await WebServer.StartAsync(fixture.Network, 8002, async context =>
        {
            var path = context.Request.Path.Value!;
            if (path == "/end")
            {
                using var reader = new StreamReader(context.Request.Body);
                await context.Response.WriteAsJsonAsync(new { context.Request.Method, Authorization = context.Request.Headers.Authorization.ToString(), Custom = context.Request.Headers["x-custom"].ToString(), Body = await reader.ReadToEndAsync() });
                return;
            }

            var (status, target) = path switch
            {
                "/inside" => (302, "http://10.9.0.5:8002/end"),
                "/loop" => (302, "/loop"),
                "/file" => (302, "file:///etc/passwd"),
                "/keep" => (307, "http://two.example.com:8002/end"),
                "/same" => (307, "/end"),
                _ => (302, "http://two.example.com:8002/end"),
            };
            context.Response.StatusCode = status;
            context.Response.Headers.Location = target;
        });
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        const string post = "return (await sdk.http.post('http://one.example.com:8002' + context.input, 'body', { headers: { authorization: 'Bearer x', 'x-custom': 'y' } })).body;";
        const string uses = """{"hosts":["one.example.com","two.example.com","10.9.0.5"]}""";

        var found = Parse(await tenant.OutputAsync(post, "/elsewhere", uses));
        (found["method"]!.GetValue<string>(), found["authorization"]!.GetValue<string>(), found["custom"]!.GetValue<string>(), found["body"]!.GetValue<string>()).ShouldBe(("GET", "", "y", ""));
        var kept = Parse(await tenant.OutputAsync(post, "/keep", uses));
        (kept["method"]!.GetValue<string>(), kept["authorization"]!.GetValue<string>(), kept["body"]!.GetValue<string>()).ShouldBe(("POST", "", "body"));
        Parse(await tenant.OutputAsync(post, "/same", uses))["authorization"]!.GetValue<string>().ShouldBe("Bearer x");

        await CodeOfAsync(tenant, post, "/inside", uses, "EGRESS_BLOCKED");
        await CodeOfAsync(tenant, post, "/loop", uses, "HTTP_ERROR");
        await CodeOfAsync(tenant, post, "/file", uses, "INVALID_ARGUMENT");
        await CodeOfAsync(tenant, post, "/keep", """{"hosts":["one.example.com"]}""", "NOT_ALLOWED");
        await CodeOfAsync(tenant, "return await sdk.http.get('http://one.example.com:8002/keep', { redirect: 'error' });", null, uses, "HTTP_ERROR");
        Parse(await tenant.OutputAsync("return (await sdk.http.get('http://one.example.com:8002/keep', { redirect: 'manual' })).status;", uses: uses)).GetValue<int>().ShouldBe(307);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_slow_an_endless_and_a_swelling_answer_end_with_their_codes()
    {
        fixture.Network.Names.Add("slow.example.com", LoopbackNetwork.Public);
        var bomb = Bomb();
        await using var server = await WebServer.StartAsync(fixture.Network, 8003, async context =>
        {
            switch (context.Request.Path.Value)
            {
                case "/drip":
                    for (var i = 0; i < 600; i++)
                    {
                        await context.Response.WriteAsync("x", context.RequestAborted);
                        await context.Response.Body.FlushAsync(context.RequestAborted);
                        await Task.Delay(100, context.RequestAborted);
                    }

                    break;
                case "/silent":
                    await Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted);
                    break;
                case "/endless":
                    var piece = new byte[64 * 1024];
                    while (true) await context.Response.Body.WriteAsync(piece, context.RequestAborted);
                case "/bomb":
                    context.Response.Headers.ContentEncoding = "gzip";
                    await context.Response.Body.WriteAsync(bomb);
                    break;
                case "/headers":
                    for (var i = 0; i < 20; i++) context.Response.Headers[$"X-{i}"] = new string('a', 4_000);
                    break;
                case "/broken":
                    context.Response.ContentLength = 100;
                    await context.Response.WriteAsync("short");
                    context.Abort();
                    break;
                default:
                    context.Response.Headers.ContentEncoding = "gzip";
                    await context.Response.WriteAsync("no gzip");
                    break;
            }
        });
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        const string get = "return (await sdk.http.get('http://slow.example.com:8003' + context.input, { timeout: 1500 })).status;";
        const string uses = """{"hosts":["slow.example.com"]}""";

        await CodeOfAsync(tenant, get, "/drip", uses, "HTTP_TIMEOUT");
        await CodeOfAsync(tenant, get, "/silent", uses, "HTTP_TIMEOUT");
        await CodeOfAsync(tenant, get, "/endless", uses, "RESPONSE_TOO_LARGE");
        await CodeOfAsync(tenant, get, "/bomb", uses, "RESPONSE_TOO_LARGE");
        await CodeOfAsync(tenant, get, "/headers", uses, "RESPONSE_TOO_LARGE");
        await CodeOfAsync(tenant, get, "/broken", uses, "HTTP_ERROR");
        await CodeOfAsync(tenant, get, "/no-gzip", uses, "HTTP_ERROR");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tenant_is_narrowed_to_its_hosts_and_given_private_ones_by_the_operator()
    {
        fixture.Network.Names.Add("erp.example.com", LoopbackNetwork.Private);
        fixture.Network.Names.Add("other.example.com", LoopbackNetwork.Public);
        await using var server = await WebServer.StartAsync(fixture.Network, 8004, context => context.Response.WriteAsync("here"));
        await using var closed = await WebServer.StartAsync(fixture.Network, 5432, context => context.Response.WriteAsync("here"));
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        const string get = "return (await sdk.http.get(context.input)).text;";
        const string uses = """{"hosts":["*"]}""";
        await CodeOfAsync(tenant, get, "http://erp.example.com:8004/", uses, "EGRESS_BLOCKED");

        await PatchAsync(tenant, new JsonObject { ["private_hosts"] = new JsonArray("erp.example.com:8004", "127.0.0.1", "169.254.169.254") });
        (await tenant.OutputAsync(get, "http://erp.example.com:8004/", uses)).ShouldBe("\"here\"");
        await CodeOfAsync(tenant, get, "http://127.0.0.1:8004/", uses, "EGRESS_BLOCKED");
        await CodeOfAsync(tenant, get, "http://169.254.169.254/", uses, "EGRESS_BLOCKED");
        (await tenant.OutputAsync(get, "http://other.example.com:8004/", uses)).ShouldBe("\"here\"");

        await PatchAsync(tenant, new JsonObject { ["hosts"] = new JsonArray("*.example.org", "other.example.com:5432") });
        await CodeOfAsync(tenant, get, "http://other.example.com:8004/", uses, "EGRESS_BLOCKED");
        (await tenant.OutputAsync(get, "http://other.example.com:5432/", uses)).ShouldBe("\"here\"");
        (await tenant.OutputAsync(get, "http://erp.example.com:8004/", uses)).ShouldBe("\"here\"");

        await PatchAsync(tenant, new JsonObject { ["private_hosts"] = new JsonArray() });
        await CodeOfAsync(tenant, get, "http://erp.example.com:8004/", uses, "EGRESS_BLOCKED");
    }

    [Fact(Timeout = 120_000)]
    public async Task Names_that_nobody_answers_for_keep_no_other_tenant_waiting()
    {
        for (var i = 0; i < 30; i++) fixture.Network.Names.AddSilent($"silent-{i}.example.com");
        fixture.Network.Names.Add("prompt.example.com", LoopbackNetwork.Public);
        await using var server = await WebServer.StartAsync(fixture.Network, 8007, context => context.Response.WriteAsync("here"));
        var (one, other) = (await SdkTenant.NewAsync(fixture.Product), await SdkTenant.NewAsync(fixture.Product));

        var codes = Parse(await one.OutputAsync("""
            const all = await Promise.allSettled(Array.from({ length: 30 }, (_, i) => sdk.http.get(`http://silent-${i}.example.com:8007/`)));
            return all.map((one) => one.reason.code);
            """, uses: """{"hosts":["*"]}""")).AsArray().Select(code => code!.GetValue<string>()).ToArray();

        codes.Count(code => code == "OVERLOADED").ShouldBeInRange(1, 22);
        (await one.OutputAsync("return (await sdk.http.get('http://prompt.example.com:8007/')).text;")).ShouldBe("\"here\"");
        (await other.OutputAsync("return (await sdk.http.get('http://prompt.example.com:8007/')).text;")).ShouldBe("\"here\"");
    }

    [Fact(Timeout = 120_000)]
    public async Task Many_calls_to_one_host_look_its_name_up_together_and_all_arrive()
    {
        fixture.Network.Names.Add("busy.example.com", LoopbackNetwork.Public);
        await using var server = await WebServer.StartAsync(fixture.Network, 8007, context => context.Response.WriteAsync("here"));
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        var texts = Parse(await tenant.OutputAsync("""
            const all = await Promise.all(Array.from({ length: 30 }, () => sdk.http.get('http://busy.example.com:8007/')));
            return all.map((one) => one.text);
            """)).AsArray().Select(text => text!.GetValue<string>());

        texts.ShouldBe(Enumerable.Repeat("here", 30));
    }

    [Fact(Timeout = 120_000)]
    public async Task Headers_that_are_the_platforms_are_refused_and_a_trace_goes_on()
    {
        fixture.Network.Names.Add("trace.example.com", LoopbackNetwork.Public);
        await using var server = await WebServer.StartAsync(fixture.Network, 8005, context => context.Response.WriteAsync(context.Request.Headers.TraceParent.ToString()));
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        const string uses = """{"hosts":["*"]}""";
        foreach (var header in (string[])["Host", "Connection", "Transfer-Encoding", "TE", "Upgrade", "Proxy-Authorization", "a b", ""])
            await CodeOfAsync(tenant, "return await sdk.http.get('http://trace.example.com:8005/', { headers: { [context.input]: 'x' } });", header, uses, "INVALID_ARGUMENT");
        await CodeOfAsync(tenant, "return await sdk.http.get('http://trace.example.com:8005/', { headers: { a: context.input } });", "x\r\nb: c", uses, "INVALID_ARGUMENT");

        var name = await tenant.ScriptAsync("return (await sdk.http.get('http://trace.example.com:8005/')).text;");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/scripts/{name}/invoke") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Headers.Add("Authorization", $"Bearer {fixture.Product.Env["SANDBOX_ADMIN_TOKEN"]}");
        request.Headers.Add("X-Tenant", tenant.Rest.Slug);
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        using var response = await fixture.Product.Admin.SendAsync(request, TestContext.Current.CancellationToken);
        var output = (await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken))).RootElement.GetProperty("output").GetString()!;
        output.ShouldMatch("^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$");
        output.ShouldNotContain("b7ad6b7169203331");
    }

    [Fact(Timeout = 120_000)]
    public async Task An_execution_that_ends_in_the_middle_of_a_call_closes_its_connection()
    {
        fixture.Network.Names.Add("hang.example.com", LoopbackNetwork.Public);
        var arrived = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using var server = await WebServer.StartAsync(fixture.Network, 8006, async context =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            arrived.SetResult();
            await aborted.Task;
        });
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        var running = tenant.RunAsync("await sdk.http.post('http://hang.example.com:8006/', 'x', { timeout: 60000 });", limits: new JsonObject { ["timeout_ms"] = 60_000 });
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var worker = fixture.Product.Workers().Select(process => process.Id).ToArray();
        foreach (var id in worker) System.Diagnostics.Process.GetProcessById(id).Kill();

        (await running).GetProperty("code").GetString().ShouldBe("WORKER_LOST");
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private static async Task CodeOfAsync(SdkTenant tenant, string source, JsonNode? input, string uses, string code)
    {
        var execution = await tenant.RunAsync(source, input, uses: uses);
        execution.GetProperty("code").GetString().ShouldBe(code, execution.GetRawText());
    }

    private async Task PatchAsync(SdkTenant tenant, JsonObject egress)
    {
        using var response = await fixture.Product.SendAsync(HttpMethod.Patch, $"/api/v1/tenants/{tenant.Rest.Slug}", fixture.Product.Env["SANDBOX_ADMIN_TOKEN"], null, new JsonObject { ["egress"] = egress });
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Some kilobytes that unpack to a hundred megabytes.</summary>
    private static byte[] Bomb()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < 100; i++) gzip.Write(zeros);
        }

        return packed.ToArray();
    }

    private static JsonNode Parse(string json) => JsonNode.Parse(json)!;
}
