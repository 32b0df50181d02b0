using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Http;

/// <summary>The REST API over real HTTP, PostgreSQL and workers.</summary>
public sealed class RestTests(ProductFixture fixture) : IClassFixture<ProductFixture>
{
    private RunningProduct Product => fixture.Product;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Response)> SendAsync(HttpMethod method, string path, string? json = null, string? key = null, string? ifMatch = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1{path}");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token ?? Product.Env["SANDBOX_TOKEN"]}");
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        var response = await Product.Admin.SendAsync(request, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        var body = text.Length == 0 ? default : JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 2_000 }).RootElement;
        return (response.StatusCode, body, response);
    }

    private async Task CreateAsync(string name, string source) =>
        (await SendAsync(HttpMethod.Post, "/scripts", new JsonObject { ["name"] = name, ["kind"] = "embedded", ["source"] = source }.ToJsonString())).Status.ShouldBe(HttpStatusCode.Created);

    [Theory(Timeout = 120_000)]
    [InlineData("GET", "/nothing", null, 404, "NOT_FOUND")]
    [InlineData("GET", "/scripts/nothing", null, 404, "NOT_FOUND")]
    [InlineData("POST", "/scripts/nothing/invoke", "{}", 404, "NOT_FOUND")]
    [InlineData("PUT", "/scripts", "{}", 405, "INVALID_ARGUMENT")]
    [InlineData("POST", "/scripts", "{\"name\":", 400, "INVALID_ARGUMENT")]
    [InlineData("POST", "/scripts", "{\"nmae\":\"x\"}", 422, "INVALID_ARGUMENT")]
    [InlineData("POST", "/scripts", "{\"name\":\"broken\",\"kind\":\"embedded\",\"source\":\"return (1;\"}", 422, "SYNTAX_ERROR")]
    [InlineData("GET", "/executions?status=odd", null, 422, "INVALID_ARGUMENT")]
    [InlineData("GET", "/executions?limit=0", null, 422, "INVALID_ARGUMENT")]
    [InlineData("GET", "/executions?cursor=nonsense", null, 422, "INVALID_ARGUMENT")]
    [InlineData("GET", "/scripts?cursor=%00", null, 422, "INVALID_ARGUMENT")]
    [InlineData("GET", "/tokens?cursor=YQ", null, 422, "INVALID_ARGUMENT")]
    [InlineData("GET", "/tenants", null, 403, "NOT_ALLOWED")]
    public async Task What_is_refused_is_a_problem_with_its_code(string method, string path, string? json, int status, string code)
    {
        var (answered, body, response) = await SendAsync(new HttpMethod(method), path, json);
        ((int)answered).ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        body.GetProperty("code").GetString().ShouldBe(code);
        body.GetProperty("status").GetInt32().ShouldBe(status);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_whole_number_may_be_written_with_a_fraction_of_zero_or_an_exponent()
    {
        (await SendAsync(HttpMethod.Post, "/scripts", """{"name":"exponent","kind":"embedded","source":"return context.input;","limits":{"timeout_ms":1e3,"concurrency":2.0}}""")).Body
            .GetProperty("limits").GetProperty("timeout_ms").GetRawText().ShouldBe("1000");
        (await SendAsync(HttpMethod.Post, "/scripts/exponent/invoke", """{"input":1.50,"timeout_ms":2e3}""")).Body.GetProperty("output").GetRawText().ShouldBe("1.5");
        (await SendAsync(HttpMethod.Post, "/scripts/exponent/invoke", """{"timeout_ms":1000.5}""")).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await SendAsync(HttpMethod.Get, "/scripts?limit=1e1")).Status.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(HttpMethod.Get, "/scripts?limit=1.5")).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_source_that_does_not_parse_is_refused_with_line_and_column()
    {
        var (_, body, _) = await SendAsync(HttpMethod.Post, "/scripts", """{"name":"unparsable","kind":"embedded","source":"let a = 1;\nlet b = ;"}""");
        var error = body.GetProperty("errors")[0];
        error.GetProperty("field").GetString().ShouldBe("source");
        error.GetProperty("line").GetInt32().ShouldBe(2);
        error.GetProperty("column").GetInt32().ShouldBeGreaterThan(1);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_input_goes_in_and_comes_back_as_the_text_it_was_up_to_500_levels()
    {
        await CreateAsync("ident", "return context.input;");
        var surrogate = await SendAsync(HttpMethod.Post, "/scripts/ident/invoke", """{"input":{"a":"\ud800\u0000"}}""");
        surrogate.Body.GetProperty("output").GetRawText().ShouldBe("""{"a":"\ud800\u0000"}""");

        var deep = await SendAsync(HttpMethod.Post, "/scripts/ident/invoke", Nested(500));
        deep.Body.GetProperty("status").GetString().ShouldBe("completed");
        var deeper = await SendAsync(HttpMethod.Post, "/scripts/ident/invoke", Nested(501));
        deeper.Status.ShouldBe(HttpStatusCode.OK);
        deeper.Body.GetProperty("code").GetString().ShouldBe("INVALID_INPUT");

        var large = await SendAsync(HttpMethod.Post, "/scripts/ident/invoke", $"{{\"input\":\"{new string('x', 1024 * 1024)}\"}}");
        large.Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        large.Body.GetProperty("code").GetString().ShouldBe("INPUT_TOO_LARGE");

        static string Nested(int levels) => $"{{\"input\":{new string('[', levels)}{new string(']', levels)}}}";
    }

    [Fact(Timeout = 120_000)]
    public async Task The_same_idempotency_key_gives_the_first_answer_and_refuses_another_body()
    {
        await CreateAsync("counted", "return Math.random();");
        var first = await SendAsync(HttpMethod.Post, "/scripts/counted/invoke", """{"input":1}""", key: "once");
        var again = await SendAsync(HttpMethod.Post, "/scripts/counted/invoke", """{"input":1}""", key: "once");
        again.Body.GetRawText().ShouldBe(first.Body.GetRawText());
        (await SendAsync(HttpMethod.Post, "/scripts/counted/invoke", """{"input":2}""", key: "once")).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_change_on_a_stale_etag_is_refused_and_one_without_is_made()
    {
        await CreateAsync("edited", "return 1;");
        var etag = (await SendAsync(HttpMethod.Get, "/scripts/edited")).Response.Headers.ETag!.Tag;
        var changed = await SendAsync(HttpMethod.Patch, "/scripts/edited", """{"source":"return 2;"}""", ifMatch: etag);
        changed.Body.GetProperty("version").GetInt32().ShouldBe(2);
        (await SendAsync(HttpMethod.Patch, "/scripts/edited", """{"title":"x"}""", ifMatch: etag)).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await SendAsync(HttpMethod.Patch, "/scripts/edited", """{"title":"x"}""")).Body.GetProperty("version").GetInt32().ShouldBe(2);
        (await SendAsync(HttpMethod.Post, "/scripts/edited/rollback", """{"version":1}""")).Body.GetProperty("version").GetInt32().ShouldBe(3);
        (await SendAsync(HttpMethod.Post, "/scripts/edited/invoke", "{}")).Body.GetProperty("output").GetInt32().ShouldBe(1);
        (await SendAsync(HttpMethod.Post, "/scripts", """{"name":"edited","kind":"embedded","source":"return 1"}""")).Status.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_token_does_what_it_was_given_and_nothing_once_revoked()
    {
        var made = await SendAsync(HttpMethod.Post, "/tokens", """{"name":"reader","permissions":["scripts.read"]}""");
        var token = made.Body.GetProperty("token").GetString()!;
        (await SendAsync(HttpMethod.Get, "/scripts", token: token)).Status.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(HttpMethod.Post, "/scripts/price/invoke", "{}", token: token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(HttpMethod.Post, "/tokens", """{"name":"more","permissions":["tokens.manage"]}""", token: token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(HttpMethod.Delete, $"/tokens/{made.Body.GetProperty("id").GetString()}")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(HttpMethod.Get, "/scripts", token: token)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact(Timeout = 120_000)]
    public async Task Logs_are_followed_to_the_end_and_resumed_by_the_last_event_id()
    {
        await CreateAsync("talks", "for (let i = 1; i <= 5; i++) console.log(`line ${i}`);");
        var id = (await SendAsync(HttpMethod.Post, "/scripts/talks/invoke", "{}")).Body.GetProperty("id").GetString();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/executions/{id}/logs");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Product.Env["SANDBOX_TOKEN"]}");
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", "3");
        using var response = await Product.Admin.SendAsync(request, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        text.ShouldNotContain("line 3");
        text.ShouldContain("id: 4\n");
        text.ShouldContain("line 5");
        text.ShouldEndWith("event: end\ndata: {\"status\":\"completed\"}\n\n");
    }

    [Theory(Timeout = 120_000)]
    [InlineData("POST", "/scripts", """{"name":"two-kinds","kind":"http,event","source":"return 1;"}""", "kind")]
    [InlineData("POST", "/scripts", """{"name":"two-auths","kind":"http","source":"return 1;","trigger":{"path":"/x","auth":"token,public"}}""", "trigger.auth")]
    [InlineData("POST", "/scripts", """{"name":"two-records","kind":"embedded","source":"return 1;","record":"errors,metadata"}""", "record")]
    [InlineData("POST", "/scripts", """{"name":"null-tag","kind":"embedded","source":"return 1;","tags":[null]}""", "tags[0]")]
    [InlineData("POST", "/scripts", """{"name":"null-method","kind":"http","source":"return 1;","trigger":{"path":"/x","methods":["GET",null]}}""", "trigger.methods[1]")]
    [InlineData("POST", "/scripts", """{"name":"null-type","kind":"event","source":"return 1;","trigger":{"event_types":[null]}}""", "trigger.event_types[0]")]
    [InlineData("POST", "/scripts", """{"name":"null-code","kind":"embedded","source":"return 1;","retry":{"codes":[null]}}""", "retry.codes[0]")]
    [InlineData("POST", "/scripts", """{"name":"null-host","kind":"embedded","source":"return 1;","uses":{"hosts":[null]}}""", "uses.hosts[0]")]
    [InlineData("POST", "/scripts", """{"name":"null-entity","kind":"embedded","source":"return 1;","uses":{"entities":{"o":[null]}}}""", "uses.entities.o[0]")]
    [InlineData("POST", "/scripts", """{"name":"null-entity","kind":"embedded","source":"return 1;","uses":{"entities":{"o":null}}}""", "uses.entities.o")]
    [InlineData("POST", "/tokens", """{"name":"null-permission","permissions":[null]}""", "permissions[0]")]
    [InlineData("POST", "/tokens", """{"name":"no-offset","permissions":["scripts.read"],"expires_at":"2999-01-01"}""", "expires_at")]
    [InlineData("POST", "/tokens", """{"name":"no-offset","permissions":["scripts.read"],"expires_at":"2999-01-01T00:00:00"}""", "expires_at")]
    [InlineData("POST", "/scripts/hello/invoke", """{"inputs":1}""", "inputs")]
    [InlineData("GET", "/executions?status=running,completed", null, "status")]
    [InlineData("GET", "/executions?status=running&status=completed", null, "status")]
    [InlineData("GET", "/executions?statsu=failed", null, "statsu")]
    [InlineData("GET", "/executions?from=10:00", null, "from")]
    [InlineData("GET", "/executions?from=2026-11-23T20:28:00", null, "from")]
    public async Task A_value_that_is_nearly_right_is_refused_by_its_field(string method, string path, string? json, string field)
    {
        var (status, body, _) = await SendAsync(new HttpMethod(method), path, json);
        status.ShouldBe(HttpStatusCode.UnprocessableEntity, body.ToString());
        body.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()).ShouldContain(field, body.ToString());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_field_given_as_null_goes_back_to_its_default_and_one_left_out_stays()
    {
        await SendAsync(HttpMethod.Post, "/scripts", """{"name":"cleared","kind":"embedded","source":"return 1;","title":"T","description":"D","tags":["a"],"input_schema":{"type":"object"},"retry":{"attempts":2},"uses":{"email":true},"limits":{"timeout_ms":5000,"concurrency":2}}""");
        var (_, kept, _) = await SendAsync(HttpMethod.Patch, "/scripts/cleared", """{"title":"U"}""");
        kept.GetProperty("input_schema").ValueKind.ShouldBe(JsonValueKind.Object);
        var (status, cleared, _) = await SendAsync(HttpMethod.Patch, "/scripts/cleared", """{"title":null,"tags":null,"input_schema":null,"retry":null,"uses":null,"limits":{"timeout_ms":null}}""");
        status.ShouldBe(HttpStatusCode.OK, cleared.ToString());
        foreach (var field in (string[])["title", "input_schema", "retry", "uses"]) cleared.GetProperty(field).ValueKind.ShouldBe(JsonValueKind.Null, field);
        cleared.GetProperty("tags").GetArrayLength().ShouldBe(0);
        cleared.GetProperty("description").GetString().ShouldBe("D");
        cleared.GetProperty("limits").GetProperty("timeout_ms").GetInt32().ShouldBe(30_000);
        cleared.GetProperty("limits").GetProperty("concurrency").GetInt32().ShouldBe(2);
        (await SendAsync(HttpMethod.Patch, "/scripts/cleared", """{"source":null}""")).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact(Timeout = 120_000)]
    public async Task Changes_without_an_etag_are_all_made_and_each_door_heeds_a_stale_one()
    {
        await CreateAsync("raced", "return 1;");
        var writes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => SendAsync(HttpMethod.Patch, "/scripts/raced", $$"""{"title":"{{i}}"}""")));
        writes.ShouldAllBe(write => write.Status == HttpStatusCode.OK);
        foreach (var (door, json) in new[] { ("disable", """{"reason":"x"}"""), ("enable", "{}"), ("pause", "{}"), ("resume", "{}"), ("rollback", """{"version":1}""") })
            (await SendAsync(HttpMethod.Post, $"/scripts/raced/{door}", json, ifMatch: "\"zz\"")).Status.ShouldBe(HttpStatusCode.PreconditionFailed, door);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_a_script_does_not_keep_is_not_shown_before_it_is_stored_either()
    {
        await SendAsync(HttpMethod.Post, "/scripts", """{"name":"private","kind":"embedded","source":"console.log('kept-by-nobody'); return context.input;","record":"metadata"}""");
        var (_, answer, _) = await SendAsync(HttpMethod.Post, "/scripts/private/invoke", """{"input":{"card":"kept-by-nobody"}}""");
        answer.GetProperty("output").GetProperty("card").GetString().ShouldBe("kept-by-nobody");
        var id = answer.GetProperty("id").GetString();
        foreach (var path in (string[])[$"/executions/{id}", "/executions?script=private", $"/executions/{id}/logs"])
            (await SendAsync(HttpMethod.Get, path)).Body.ToString().ShouldNotContain("kept-by-nobody", Case.Sensitive, path);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_cancelled_execution_is_answered_as_such()
    {
        await CreateAsync("endless", "for (;;) await new Promise(r => setTimeout(r, 50));");
        var running = SendAsync(HttpMethod.Post, "/scripts/endless/invoke", "{}");
        JsonElement list;
        while ((list = (await SendAsync(HttpMethod.Get, "/executions?script=endless&status=running")).Body.GetProperty("items")).GetArrayLength() == 0) await Task.Delay(20, Stop);
        var (status, cancelled, _) = await SendAsync(HttpMethod.Post, $"/executions/{list[0].GetProperty("id").GetString()}/cancel", "{}");
        status.ShouldBe(HttpStatusCode.OK);
        cancelled.GetProperty("status").GetString().ShouldBe("cancelled");
        (await running).Body.GetProperty("status").GetString().ShouldBe("cancelled");
    }

    [Fact(Timeout = 120_000)]
    public async Task The_api_describes_every_call_that_it_takes()
    {
        using var response = await Product.Admin.GetAsync(new Uri("/api/v1/openapi.json", UriKind.Relative), Stop);
        var document = await RunningProduct.ExpectAsync(response, HttpStatusCode.OK);
        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.1");
        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => (Path: path.Name, Method: method.Name, Operation: method.Value))).ToArray();
        operations.Length.ShouldBeGreaterThanOrEqualTo(31);
        operations.Select(call => call.Operation.GetProperty("operationId").GetString()).ShouldBeUnique();
        foreach (var (path, method, operation) in operations)
        {
            operation.GetProperty("summary").GetString().ShouldNotBeNullOrEmpty();
            operation.GetProperty("responses").EnumerateObject().ShouldContain(answer => answer.Name.StartsWith('2'), $"{method} {path}");
            foreach (var part in path.Split('{').Skip(1).Select(rest => rest.Split('}')[0]))
                operation.GetProperty("parameters").EnumerateArray().ShouldContain(parameter => parameter.GetProperty("name").GetString() == part, $"{method} {path}");

            // What is described is there: without a token it asks for one.
            using var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), path.Replace("{id}", Guid.NewGuid().ToString(), StringComparison.Ordinal).Replace("{version}", "1", StringComparison.Ordinal));
            (await Product.Admin.SendAsync(request, Stop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");
        }

        var execution = document.GetProperty("components").GetProperty("schemas").GetProperty("Execution").GetProperty("properties");
        execution.GetProperty("code").GetProperty("type").EnumerateArray().Select(type => type.GetString()).ShouldBe(["null", "string"], ignoreOrder: true);
        execution.GetProperty("queue_ms").GetProperty("type").GetString().ShouldBe("number");
        execution.GetProperty("warnings").GetProperty("items").GetProperty("type").GetString().ShouldBe("string");
    }
}
