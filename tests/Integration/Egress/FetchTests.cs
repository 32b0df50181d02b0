using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sandbox.Tests.Integration.Broker;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Egress;

/// <summary><c>fetch</c> against real servers.</summary>
public sealed class FetchTests(NetworkFixture fixture) : IClassFixture<NetworkFixture>
{
    private const string Host = "fetch.example.com";
    private const string Uses = """{"hosts":["*"]}""";

    [Fact(Timeout = 120_000)]
    public async Task A_request_goes_out_as_it_was_written()
    {
        await using var server = await StartAsync(8100, EchoAsync);

        var seen = await RunAsync(8100, """
            const form = new FormData();
            form.append('a', 'b');
            form.append('f', new File(['x'], 'n.txt', { type: 'text/x' }));
            const cases = [
              [`${at}/a?b=ü#c`],
              [new URL(`${at}/url`), { method: 'HEAD' }],
              [new Request(at, { method: 'post', body: 'é', headers: { 'x-custom': 'é' } })],
              [new Request(at, { method: 'PUT', body: 'x' }), { headers: [['Content-Type', 'text/x']], body: new Uint8Array([0, 104, 105, 0]).subarray(1, 3) }],
              [at, { method: 'PATCH', body: new Uint8Array([104, 105]).buffer }],
              [at, { method: 'POST', body: new Blob(['x'], { type: 'text/y' }) }],
              [at, { method: 'POST', body: new URLSearchParams({ a: 'b c' }) }],
              [at, { method: 'POST', body: form }],
            ];
            const seen = [];
            for (const [input, init] of cases) {
              const answer = await fetch(input, init);
              seen.push(init?.method === 'HEAD' ? [answer.status, await answer.text()] : Object.values(await answer.json()));
            }
            return seen;
            """);

        Row(0).ShouldBe("""["GET","/a?b=%C3%BC","","",""]""");
        Row(1).ShouldBe("""[200,""]""");
        Row(2).ShouldBe("""["POST","/","text/plain;charset=UTF-8","é","é"]""");
        Row(3).ShouldBe("""["PUT","/","text/x","","hi"]""");
        Row(4).ShouldBe("""["PATCH","/","","","hi"]""");
        Row(5).ShouldBe("""["POST","/","text/y","","x"]""");
        Row(6).ShouldBe("""["POST","/","application/x-www-form-urlencoded;charset=UTF-8","","a=b+c"]""");
        seen[7]![2]!.GetValue<string>().ShouldStartWith("multipart/form-data; boundary=");
        seen[7]![4]!.GetValue<string>().ShouldContain("name=\"f\"; filename=\"n.txt\"\r\nContent-Type: text/x\r\n\r\nx\r\n");

        string Row(int at) => seen[at]!.ToJsonString(s_plain);
    }

    [Fact(Timeout = 120_000)]
    public async Task Bodies_of_sdk_http_may_be_the_webs()
    {
        await using var server = await StartAsync(8101, EchoAsync);

        var seen = await RunAsync(8101, """
            const form = new FormData();
            form.append('a', 'b');
            const bodies = [new URLSearchParams({ a: 'b c' }), new Blob(['x'], { type: 'text/y' }), new Blob(['z']), form];
            return Promise.all(bodies.map(async (body) => (await sdk.http.post(at, body)).body));
            """);
        var search = await RunAsync(8101, "return (await sdk.http.post(at, new URLSearchParams({ a: 'b c' }))).body;");

        seen[0]!.ToJsonString(s_plain).ShouldBe(search.ToJsonString(s_plain));
        search["type"]!.GetValue<string>().ShouldBe("application/x-www-form-urlencoded;charset=UTF-8");
        search["body"]!.GetValue<string>().ShouldBe("a=b+c");
        (seen[1]!["type"]!.GetValue<string>(), seen[1]!["body"]!.GetValue<string>()).ShouldBe(("text/y", "x"));
        (seen[2]!["type"]!.GetValue<string>(), seen[2]!["body"]!.GetValue<string>()).ShouldBe(("application/octet-stream", "z"));
        seen[3]!["type"]!.GetValue<string>().ShouldStartWith("multipart/form-data; boundary=");
        seen[3]!["body"]!.GetValue<string>().ShouldContain("name=\"a\"\r\n\r\nb\r\n");
    }

    [Fact(Timeout = 120_000)]
    public async Task An_answer_is_a_Response()
    {
        await using var server = await StartAsync(8102, async context =>
        {
            switch (context.Request.Path.Value)
            {
                case "/moved":
                    context.Response.Redirect("/bytes");
                    return;
                case "/bytes":
                    context.Response.Headers.Append("Set-Cookie", "a=1");
                    context.Response.Headers.Append("Set-Cookie", "b=2");
                    context.Response.ContentType = "application/octet-stream";
                    await context.Response.Body.WriteAsync(new byte[] { 0xEF, 0xBB, 0xBF, 0xFF, 0 });
                    return;
                case "/none":
                    context.Response.StatusCode = 204;
                    return;
                default:
                    context.Response.StatusCode = 404;
                    context.Response.ContentType = "application/x-www-form-urlencoded";
                    await context.Response.WriteAsync("\uFEFFa=ü");
                    return;
            }
        });

        var seen = await RunAsync(8102, """
            const moved = await fetch(`${at}/moved`);
            const copy = moved.clone();
            const none = await fetch(`${at}/none`);
            const form = await fetch(at);
            const manual = await fetch(`${at}/moved`, { redirect: 'manual' });
            const used = new Request(at, { method: 'POST', body: 'x' });
            await fetch(used);
            return [
              moved instanceof Response, moved.url === `${at}/bytes`, moved.redirected, moved.ok, moved.headers.getSetCookie(), [...await moved.bytes()], moved.bodyUsed,
              (await copy.arrayBuffer()).byteLength, none.status, await none.text(), form.status, form.ok, await form.clone().text(), (await form.blob()).type,
              manual.status, manual.headers.get('location'), used.bodyUsed,
            ];
            """);

        seen.ToJsonString(s_plain).ShouldBe(
            """[true,true,true,true,["a=1","b=2"],[239,187,191,255,0],true,5,204,"",404,false,"a=ü","application/x-www-form-urlencoded",302,"/bytes",true]""");
    }

    [Theory(Timeout = 120_000)]
    [InlineData("'http://127.0.0.1/'", "EGRESS_BLOCKED")]
    [InlineData("'http://nowhere.example.com/'", "HTTP_ERROR")]
    [InlineData("'http://93.184.216.34/', { headers: { Host: 'x' } }", "INVALID_ARGUMENT")]
    [InlineData("'http://93.184.216.34/', { method: 'FIND' }", "INVALID_ARGUMENT")]
    [InlineData("'/relative'", null)]
    [InlineData("'http://93.184.216.34/', { body: 'x' }", null)]
    [InlineData("'http://93.184.216.34/', { method: 'POST', headers: { a: 'ł' } }", null)]
    public async Task What_goes_wrong_rejects_with_its_code_and_the_line_of_the_call(string arguments, string? code)
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        var execution = await tenant.RunAsync($"const one = 1;\nawait fetch({arguments});", uses: Uses);

        var error = execution.GetProperty("error");
        execution.GetProperty("code").GetString().ShouldBe(code ?? "SCRIPT_ERROR", execution.GetRawText());
        error.GetProperty("name").GetString().ShouldBe(code is null ? "TypeError" : "Error");
        error.GetProperty("line").GetInt32().ShouldBe(2);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_aborted_request_rejects_with_the_signals_reason_at_once()
    {
        await using var server = await StartAsync(8103, async context =>
        {
            if (context.Request.Path == "/hang") await Task.Delay(Timeout.Infinite, context.RequestAborted);
            else await context.Response.WriteAsync("here");
        });

        var seen = await RunAsync(8103, """
            const reasonOf = (promise) => promise.then(() => 'answered', (reason) => reason.name ?? reason);
            const controller = new AbortController();
            setTimeout(() => controller.abort('enough'), 1);
            return [
              await reasonOf(fetch(`${at}/hang`, { signal: controller.signal })),
              await reasonOf(fetch(`${at}/hang`, { signal: AbortSignal.timeout(1) })),
              await reasonOf(fetch(new Request(`${at}/hang`, { signal: AbortSignal.timeout(1) }))),
              await reasonOf(fetch(at, { signal: AbortSignal.abort() })),
              await reasonOf(fetch(at, { signal: AbortSignal.timeout(100000) })),
              await reasonOf(fetch(new Request(at, { signal: AbortSignal.abort() }), { signal: null })),
            ];
            """);

        seen.ToJsonString(s_plain).ShouldBe("""["enough","TimeoutError","TimeoutError","AbortError","answered","answered"]""");
    }

    [Fact(Timeout = 120_000)]
    public async Task Ten_megabytes_go_out_and_come_back()
    {
        await using var server = await StartAsync(8104, async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            context.Response.ContentType = "application/octet-stream";
            await context.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length));
        });

        var seen = await RunAsync(8104, """
            const bytes = new Uint8Array(10 * 1024 * 1024).map((_, i) => i * 7 + (i >> 8));
            const back = await (await fetch(at, { method: 'POST', body: bytes, headers: { 'x-long': 'x'.repeat(1000) } })).bytes();
            const again = await sdk.http.put(at, bytes);
            const more = await fetch(at, { method: 'POST', body: new Uint8Array(10 * 1024 * 1024 + 1) }).catch((error) => error.code);
            return [back.length, back.every((byte, i) => byte === bytes[i]), again.status, more];
            """);

        seen.ToJsonString(s_plain).ShouldBe("""[10485760,true,200,"INVALID_ARGUMENT"]""");
    }

    [Theory(Timeout = 120_000)]
    [InlineData("'漢'.repeat(8_400_000)", "bytes")]
    [InlineData("'x'.repeat(14_500_000)", "characters")]
    public async Task A_call_that_no_frame_would_hold_is_refused_and_the_execution_goes_on(string text, string unit)
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        var output = await tenant.OutputAsync($"return sdk.cache.set('k', {text}).catch(async (error) => [error.code, error.message, await sdk.cache.exists('k')]);");

        output.ShouldMatch($"^\\[\"INVALID_ARGUMENT\",\"sdk.cache.set: the arguments have [0-9]+ {unit} as JSON.* are allowed\",false\\]$");
    }

    private static readonly JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers with what it saw.</summary>
    private static async Task EchoAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        await context.Response.WriteAsJsonAsync(new
        {
            context.Request.Method,
            Target = context.Request.Path + context.Request.QueryString,
            Type = context.Request.ContentType ?? "",
            Custom = context.Request.Headers["x-custom"].ToString(),
            Body = await reader.ReadToEndAsync(),
        });
    }

    private async Task<WebServer> StartAsync(int port, RequestDelegate answer)
    {
        fixture.Network.Names.Add(Host, LoopbackNetwork.Public);
        return await WebServer.StartAsync(fixture.Network, port, answer);
    }

    /// <summary>The output of a source that finds the server's address as <c>at</c>.</summary>
    private async Task<JsonNode> RunAsync(int port, string source)
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        return JsonNode.Parse(await tenant.OutputAsync($"const at = 'http://{Host}:{port}';\n{source}", uses: Uses))!;
    }
}
