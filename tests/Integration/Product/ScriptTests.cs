using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;

namespace Sandbox.Tests.Integration.Product;

/// <summary>What a script gets, gives and may not: through the whole product.</summary>
public sealed class ScriptTests(ScriptTests.Fixture fixture) : IClassFixture<ScriptTests.Fixture>
{
    private RunningProduct.Tenant Tenant => fixture.Tenant;

    [Fact(Timeout = 60_000)]
    public async Task Input_goes_in_and_output_comes_out_as_they_are()
    {
        await Tenant.CreateScriptAsync("echo", "embedded", "return context.input;");
        using var response = await fixture.Product.Admin.SendAsync(Raw("/scripts/echo/invoke", """{"input":{"s":"\ud800 \u0000 é","n":12345678901234567890,"d":0.1,"deep":[[[{}]]],"null":null}}"""), TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        text.ShouldContain("\\ud800", Case.Insensitive);
        text.ShouldContain("\\u0000");
        var execution = JsonDocument.Parse(text).RootElement;
        execution.GetProperty("output").GetProperty("d").GetDouble().ShouldBe(0.1);
        execution.GetProperty("status").GetString().ShouldBe("completed");
    }

    [Fact(Timeout = 60_000)]
    public async Task The_context_says_who_what_and_how_long_and_is_frozen()
    {
        await Tenant.CreateScriptAsync("context", "embedded", """
            const writes = [() => { context.x = 1; }, () => { context.input.a = 2; }, () => { context.limits.timeoutMs = 1; }, () => { context.trigger.type = 'x'; }];
            const refused = writes.map(w => { try { w(); return false; } catch (e) { return e instanceof TypeError; } });
            return { ...context, refused };
            """);
        var execution = await Tenant.InvokeAsync("context", new JsonObject { ["a"] = 1 });
        var context = execution.GetProperty("output");
        context.GetProperty("tenant").GetString().ShouldBe(Tenant.Slug);
        context.GetProperty("scriptName").GetString().ShouldBe("context");
        context.GetProperty("version").GetInt32().ShouldBe(1);
        context.GetProperty("executionId").GetString().ShouldBe(execution.GetProperty("id").GetString());
        context.GetProperty("attempt").GetInt32().ShouldBe(1);
        context.GetProperty("input").GetProperty("a").GetInt32().ShouldBe(1);
        context.GetProperty("trigger").GetProperty("type").GetString().ShouldBe("api");
        DateTimeOffset.Parse(context.GetProperty("deadline").GetString()!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(DateTimeOffset.UnixEpoch);
        context.GetProperty("userId").ValueKind.ShouldBe(JsonValueKind.Null);
        context.GetProperty("refused").EnumerateArray().ShouldAllBe(r => r.GetBoolean());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_confined_worker_has_random_numbers()
    {
        await Tenant.CreateScriptAsync("random", "embedded", "return [crypto.randomUUID(), crypto.randomUUID()];");
        var ids = (await Tenant.InvokeAsync("random")).GetProperty("output").EnumerateArray().Select(id => id.GetGuid()).ToArray();
        ids.Length.ShouldBe(2);
        ids[0].ShouldNotBe(ids[1]);
        ids.ShouldAllBe(id => id.Version == 4);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("return { n: 1n };", "INVALID_OUTPUT")]
    [InlineData("const a = {}; a.a = a; return a;", "INVALID_OUTPUT")]
    [InlineData("return { toJSON() { throw new Error('no'); } };", "INVALID_OUTPUT")]
    [InlineData("return { get x() { throw 1; } };", "INVALID_OUTPUT")]
    [InlineData("let a = 1; for (let i = 0; i < 501; i++) a = [a]; return a;", "INVALID_OUTPUT")]
    [InlineData("return 'x'.repeat(1 << 20);", "OUTPUT_TOO_LARGE")]
    [InlineData("return 'é'.repeat(1 << 19);", "OUTPUT_TOO_LARGE")]
    [InlineData("throw new TypeError('mine');", "SCRIPT_ERROR")]
    [InlineData("throw null;", "SCRIPT_ERROR")]
    [InlineData("throw { toString() { for (;;) {} } };", "SCRIPT_ERROR")]
    [InlineData("throw Object.assign(new Error('x'), { code: 'MEMORY_LIMIT' });", "SCRIPT_ERROR")]
    [InlineData("const e = new Error('x'); Object.defineProperty(e, 'message', { get() { throw 1; } }); throw e;", "SCRIPT_ERROR")]
    [InlineData("throw new Proxy(new Error('x'), { get() { throw 2; }, getOwnPropertyDescriptor() { throw 3; }, getPrototypeOf() { throw 4; } });", "SCRIPT_ERROR")]
    [InlineData("sdk.respond(99);", "INVALID_ARGUMENT")]
    public async Task A_failure_has_its_code(string source, string code)
    {
        var name = $"fails-{Guid.NewGuid():N}"[..20];
        await Tenant.CreateScriptAsync(name, "http", source, trigger: new JsonObject { ["path"] = $"/{name}", ["methods"] = new JsonArray("GET") });
        var execution = await Tenant.InvokeAsync(name);
        execution.GetProperty("code").GetString().ShouldBe(code, execution.ToString());
        execution.GetProperty("status").GetString().ShouldBe("failed");
        execution.GetProperty("error").GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task An_error_stands_where_the_author_wrote_it()
    {
        await Tenant.CreateScriptAsync("line-column", "embedded", "const a = 1;\nfunction check() {\n    throw new RangeError('here');\n}\ncheck();");
        var error = (await Tenant.InvokeAsync("line-column")).GetProperty("error");
        error.GetProperty("message").GetString()!.ShouldContain("here");
        error.GetProperty("line").GetInt32().ShouldBe(3);
        error.GetProperty("column").GetInt32().ShouldBe(11);

        await Tenant.CreateScriptAsync("line-column-module", "embedded", "const fail = () => null.x;\nexport default async function (context, sdk) {\n  return fail();\n}");
        error = (await Tenant.InvokeAsync("line-column-module")).GetProperty("error");
        error.GetProperty("line").GetInt32().ShouldBe(1);
        error.GetProperty("column").GetInt32().ShouldBe(25);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_error_of_the_sdk_has_its_code_and_a_cut_line_its_mark()
    {
        await Tenant.CreateScriptAsync("coded", "http", """
            const codes = [];
            for (const act of [() => sdk.respond(1), () => sdk.respond(200, '', { 'a b': '1' }), () => sdk.progress('x')]) try { act(); } catch (e) { codes.push(e.code); }
            sdk.log.info('x'.repeat(9000)); sdk.log.info('é'.repeat(5000)); sdk.log.info('short');
            return codes;
            """, trigger: new JsonObject { ["path"] = "/coded", ["methods"] = new JsonArray("GET") });
        var execution = await Tenant.InvokeAsync("coded");
        execution.GetProperty("output").GetProperty("body").ToString().ShouldBe("""["INVALID_ARGUMENT","INVALID_ARGUMENT","INVALID_ARGUMENT"]""", execution.ToString());
        var logs = (await Tenant.GetAsync($"/executions/{execution.GetProperty("id").GetString()}/logs")).GetProperty("items").EnumerateArray().Select(line => line.GetProperty("message").GetString()!).ToArray();
        foreach (var cut in logs.Take(2))
        {
            cut.ShouldEndWith(" [cut]");
            System.Text.Encoding.UTF8.GetByteCount(cut).ShouldBeInRange(8190, 8192);
        }

        logs[2].ShouldBe("short");
    }

    [Theory(Timeout = 60_000)]
    [InlineData("return 2 +", "Unexpected end of input")]
    [InlineData("if (true) {", "Unexpected end of input")]
    [InlineData("return 2 + }", "Unexpected token '}'")]
    public async Task A_source_that_ends_too_soon_is_told_so(string source, string message)
    {
        using var response = await Tenant.SendAsync(HttpMethod.Post, "/scripts/validate", new JsonObject { ["kind"] = "embedded", ["source"] = source });
        (await RunningProduct.ExpectAsync(response, HttpStatusCode.OK)).GetProperty("errors")[0].GetProperty("message").GetString().ShouldBe(message);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_source_that_does_not_parse_is_refused_with_its_place()
    {
        using var response = await Tenant.SendAsync(HttpMethod.Post, "/scripts", new JsonObject { ["name"] = "broken", ["kind"] = "embedded", ["source"] = "const a = 1;\nconst b = ;\n" });
        var problem = await RunningProduct.ExpectAsync(response, HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("code").GetString().ShouldBe("SYNTAX_ERROR");
        var error = problem.GetProperty("errors")[0];
        error.GetProperty("field").GetString().ShouldBe("source");
        error.GetProperty("line").GetInt32().ShouldBe(2);
        error.GetProperty("column").GetInt32().ShouldBe(11);

        using var validate = await Tenant.SendAsync(HttpMethod.Post, "/scripts/validate", new JsonObject { ["kind"] = "embedded", ["source"] = "}}, globalThis.x = 1, function(){ return function(){" });
        (await RunningProduct.ExpectAsync(validate, HttpStatusCode.OK)).GetProperty("errors").GetArrayLength().ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_input_must_match_its_schema()
    {
        var schema = JsonNode.Parse("""
            {"type":"object","required":["id"],"additionalProperties":false,"properties":{
              "id":{"$ref":"#/$defs/id"},"tags":{"type":"array","items":{"type":"string","maxLength":3}},"slow":{"type":"string","pattern":"^(a+)+$"}},
             "$defs":{"id":{"type":"integer","minimum":1}}}
            """)!;
        using var created = await Tenant.SendAsync(HttpMethod.Post, "/scripts", new JsonObject
        {
            ["name"] = "with-schema",
            ["kind"] = "embedded",
            ["source"] = "return context.input.id;",
            ["input_schema"] = schema,
        });
        await RunningProduct.ExpectAsync(created, HttpStatusCode.Created);

        var fits = await Tenant.InvokeAsync("with-schema", new JsonObject { ["id"] = 7, ["tags"] = new JsonArray("abc") });
        fits.GetProperty("status").GetString().ShouldBe("completed", fits.ToString());
        foreach (var (input, place) in new (JsonNode?, string)[]
        {
            (null, "#:"), (new JsonObject(), "\"id\""), (new JsonObject { ["id"] = 0 }, "#/id"), (new JsonObject { ["id"] = "1" }, "#/id"),
            (new JsonObject { ["id"] = 1, ["tags"] = new JsonArray("a", "long") }, "#/tags/1"), (new JsonObject { ["id"] = 1, ["more"] = 1 }, "#/more"),
        })
        {
            var execution = await Tenant.InvokeAsync("with-schema", input);
            execution.GetProperty("status").GetString().ShouldBe("failed");
            execution.GetProperty("code").GetString().ShouldBe("INVALID_INPUT", execution.ToString());
            execution.GetProperty("error").GetProperty("message").GetString()!.ShouldContain(place);
        }

        // A tenant's own pattern has his script's time, and no more.
        var slow = await Tenant.InvokeAsync("with-schema", new JsonObject { ["id"] = 1, ["slow"] = new string('a', 60) + "b" }, timeoutMs: 1_500);
        slow.GetProperty("code").GetString().ShouldBe("TIMEOUT", slow.ToString());
        var next = await Tenant.InvokeAsync("with-schema", new JsonObject { ["id"] = 8 });
        next.GetProperty("status").GetString().ShouldBe("completed", next.ToString());
        next.GetProperty("output").GetInt32().ShouldBe(8);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("""{"type":"objekt"}""", "#/type")]
    [InlineData("""{"properties":{"a":{"pattern":"("}}}""", "#/properties/a/pattern")]
    [InlineData("""{"properties":{"a":{"$ref":"#/$defs/none"}}}""", "#/$defs/none")]
    [InlineData("""{"$ref":"https://example.com/schema.json"}""", "https://example.com/schema.json")]
    [InlineData("""[]""", "JSON Schema")]
    public async Task A_schema_that_is_none_is_refused(string schema, string told)
    {
        using var response = await Tenant.SendAsync(HttpMethod.Post, "/scripts", new JsonObject { ["name"] = "no-schema", ["kind"] = "embedded", ["source"] = "return 1;", ["input_schema"] = JsonNode.Parse(schema) });
        var problem = await RunningProduct.ExpectAsync(response, HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("input_schema");
        problem.GetProperty("errors")[0].GetProperty("message").GetString()!.ShouldContain(told);
    }

    [Fact(Timeout = 60_000)]
    public async Task Nothing_of_one_execution_is_seen_by_the_next()
    {
        await Tenant.CreateScriptAsync("leaves", "embedded", """
            const seen = [];
            for (const write of [() => { globalThis.leak = 1; }, () => { Array.prototype.leak = 1; }, () => { Math.leak = 1; }, () => { sdk.leak = 1; }, () => { console.leak = 1; },
                () => { JSON.stringify = null; }, () => { Error.stackTraceLimit = 0; }, () => { Object.getPrototypeOf(async () => {}).leak = 1; }, () => { context.constructor.leak = 1; }]) {
              try { write(); } catch {}
            }
            /x(.)/.exec('xleak');
            for (const o of [globalThis, [], Math, sdk, console, async () => {}, Object]) if (o.leak !== undefined) seen.push(String(o));
            return { seen, regexp: RegExp.$1 ?? null, stringify: typeof JSON.stringify };
            """);
        for (var i = 0; i < 3; i++)
        {
            var execution = await Tenant.InvokeAsync("leaves");
            execution.GetProperty("output").GetRawText().ShouldBe("""{"seen":[],"regexp":null,"stringify":"function"}""", execution.ToString());
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData("return typeof process + typeof require + typeof Deno + typeof System + typeof host + typeof clr + typeof xHost;")]
    [InlineData("return typeof WebAssembly + typeof SharedArrayBuffer + typeof Atomics + typeof WeakRef + typeof FinalizationRegistry + typeof global + typeof module;")]
    public async Task Nothing_of_the_host_is_reachable(string source)
    {
        var name = $"host-{Guid.NewGuid():N}"[..20];
        await Tenant.CreateScriptAsync(name, "embedded", source);
        (await Tenant.InvokeAsync(name)).GetProperty("output").GetString().ShouldBe(string.Concat(Enumerable.Repeat("undefined", 7)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Code_from_strings_is_refused()
    {
        await Tenant.CreateScriptAsync("code-from-strings", "embedded", """
            const forms = [() => eval('1'), () => (0, eval)('1'), () => new Function('1'), () => Function('1'), () => (async () => {}).constructor('1'), () => (function* () {}).constructor('1'),
              () => (async function* () {}).constructor('1'), () => globalThis.eval('1'), () => Reflect.construct(Function, ['1']), () => (() => {}).constructor.call(null, '1'),
              () => { class F extends Function {} return new F('1'); }];
            return forms.map(f => { try { f(); return 'ran'; } catch { return 'refused'; } }).join();
            """);
        (await Tenant.InvokeAsync("code-from-strings")).GetProperty("output").GetString().ShouldBe(string.Join(',', Enumerable.Repeat("refused", 11)));
    }

    private HttpRequestMessage Raw(string path, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1{path}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Authorization", $"Bearer {fixture.Product.Env["SANDBOX_ADMIN_TOKEN"]}");
        request.Headers.Add("X-Tenant", Tenant.Slug);
        return request;
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal RunningProduct Product { get; private set; } = null!;
        internal RunningProduct.Tenant Tenant { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Product = await RunningProduct.StartAsync();
            Tenant = await Product.CreateTenantAsync("scripts");
        }

        public async ValueTask DisposeAsync() => await Product.DisposeAsync();
    }
}
