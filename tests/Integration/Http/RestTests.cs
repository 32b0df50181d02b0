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
}
