using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Http;

/// <summary>Endpoints whose callers prove themselves by a provider's signature.</summary>
public sealed class WebhookTests(ProductFixture fixture) : IClassFixture<ProductFixture>
{
    private const int Patience = 120_000;
    private const string Secret = "a signing secret";

    private RunningProduct Product => fixture.Product;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task The_signature_is_over_the_exact_bytes_and_the_script_sees_them()
    {
        var hook = await HookAsync("github");
        byte[] body = [.. "{ \"a\" : 1.0 }\r\n"u8, 0xff];

        var answer = await SendAsync(hook, body, ("X-Hub-Signature-256", $"sha256={Mac([], body)}"));
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        JsonNode.Parse(answer.Text)!.GetValue<string>().ShouldBe(Convert.ToBase64String(body));

        body[^2]++;
        (await SendAsync(hook, body, ("X-Hub-Signature-256", $"sha256={Mac([], body[..^1])}"))).ShouldBeRefused();
    }

    [Theory(Timeout = Patience)]
    [InlineData("stripe")]
    [InlineData("slack")]
    [InlineData("standard")]
    [InlineData("meta")]
    public async Task Every_provider_is_let_in_by_its_own_signature_alone(string provider)
    {
        var hook = await HookAsync(provider);
        var body = "{}"u8.ToArray();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

        (await SendAsync(hook, body, Headers(provider, now, body))).Status.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(hook, body)).ShouldBeRefused();
        (await SendAsync(hook, "[]"u8.ToArray(), Headers(provider, now, body))).ShouldBeRefused();
        if (provider != "meta") (await SendAsync(hook, body, Headers(provider, now - 3_700, body))).ShouldBeRefused();
    }

    [Fact(Timeout = Patience)]
    public async Task A_refused_call_is_no_execution_and_one_that_ran_is_recorded_without_its_signature()
    {
        var hook = await HookAsync("github");
        var signature = $"sha256={Mac([], [])}";

        (await SendAsync(hook, "x"u8.ToArray(), ("X-Hub-Signature-256", signature))).ShouldBeRefused();
        (await ExecutionsAsync(hook)).ShouldBeEmpty();
        (await SendAsync(hook, [], ("X-Hub-Signature-256", signature))).Status.ShouldBe(HttpStatusCode.OK);
        var execution = (await ExecutionsAsync(hook)).ShouldHaveSingleItem();
        var recorded = await ApiAsync(HttpMethod.Get, $"/executions/{execution.GetProperty("id").GetString()}");
        recorded.GetProperty("trigger").GetProperty("httpRequest").GetProperty("headers").GetProperty("x-hub-signature-256").GetString().ShouldBe("***");
    }

    [Fact(Timeout = Patience)]
    public async Task A_body_over_the_limit_is_413_and_strangers_do_not_use_up_the_rate()
    {
        var hook = await HookAsync("github", new JsonObject { ["body_limit_bytes"] = 10, ["requests_per_minute"] = 1 });

        (await SendAsync(hook, new byte[11], ("X-Hub-Signature-256", $"sha256={Mac([], new byte[11])}"))).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        for (var i = 0; i < 3; i++) (await SendAsync(hook, [], ("X-Hub-Signature-256", "sha256=00"))).ShouldBeRefused();
        (await SendAsync(hook, [], ("X-Hub-Signature-256", $"sha256={Mac([], [])}"))).Status.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(hook, [], ("X-Hub-Signature-256", $"sha256={Mac([], [])}"))).Status.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact(Timeout = Patience)]
    public async Task Slacks_handshake_is_answered_by_the_endpoint_after_its_signature()
    {
        var hook = await HookAsync("slack");
        var body = """{"type":"url_verification","challenge":"<b>&3eZ"}"""u8.ToArray();

        var answer = await SendAsync(hook, body, Headers("slack", TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), body));
        (answer.Status, answer.Text, answer.Type).ShouldBe((HttpStatusCode.OK, "<b>&3eZ", "text/plain"));
        (await SendAsync(hook, body)).ShouldBeRefused();
        (await ExecutionsAsync(hook)).ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task Metas_handshake_is_answered_by_GET_where_the_token_is_the_secret()
    {
        var hook = await HookAsync("meta");
        var token = Uri.EscapeDataString(Secret);

        var answer = await GetAsync($"{hook}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={token}");
        (answer.Status, answer.Text, answer.Type).ShouldBe((HttpStatusCode.OK, "1158201444", "text/plain"));
        (await GetAsync($"{hook}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=guess")).ShouldBeRefused();
        (await GetAsync($"{hook}?hub.mode=subscribe&hub.challenge=1158201444")).ShouldBeRefused();
        (await GetAsync(hook)).Status.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await ExecutionsAsync(hook)).ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task A_secret_may_come_later_and_until_then_calls_are_refused_and_writes_and_validation_say_so()
    {
        const string warning = "there is no secret 'later' yet";
        var trigger = """{"path":"/later","methods":["POST"],"auth":"webhook","webhook":{"provider":"github","secret":"later"}}""";
        var validated = await ApiAsync(HttpMethod.Post, "/scripts/validate", $$"""{"kind":"http","trigger":{{trigger}}}""");
        validated.GetProperty("errors").GetArrayLength().ShouldBe(0);
        validated.GetProperty("warnings")[0].GetString()!.ShouldContain(warning);
        var created = await ApiAsync(HttpMethod.Post, "/scripts", $$"""{"name":"later","kind":"http","source":"return 1;","trigger":{{trigger}}}""");
        created.GetProperty("warnings")[0].GetString()!.ShouldContain(warning);
        (await ApiAsync(HttpMethod.Post, "/scripts/later/enable", "{}")).GetProperty("warnings")[0].GetString()!.ShouldContain(warning);
        (await SendAsync("/later", [], ("X-Hub-Signature-256", $"sha256={Mac([], [])}"))).ShouldBeRefused();

        await ApiAsync(HttpMethod.Put, "/secrets/later", $$"""{"value":"{{Secret}}"}""");
        (await SendAsync("/later", [], ("X-Hub-Signature-256", $"sha256={Mac([], [])}"))).Status.ShouldBe(HttpStatusCode.OK);
        (await ApiAsync(HttpMethod.Post, "/scripts/later/enable", "{}")).GetProperty("warnings").GetArrayLength().ShouldBe(0);
    }

    /// <summary>Makes an endpoint that answers the raw body, and its secret; gives its path.</summary>
    private async Task<string> HookAsync(string provider, JsonObject? more = null)
    {
        var name = $"hook-{Guid.NewGuid():N}"[..20];
        var value = provider == "standard" ? $"whsec_{Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret))}" : Secret;
        await ApiAsync(HttpMethod.Put, $"/secrets/{name}", new JsonObject { ["value"] = value }.ToJsonString());
        var trigger = more ?? [];
        trigger["path"] = $"/{name}";
        trigger["methods"] = new JsonArray("POST");
        trigger["auth"] = "webhook";
        trigger["webhook"] = new JsonObject { ["provider"] = provider, ["secret"] = name };
        var script = new JsonObject { ["name"] = name, ["kind"] = "http", ["source"] = "return context.trigger.httpRequest.rawBody;", ["trigger"] = trigger };
        (await ApiAsync(HttpMethod.Post, "/scripts", script.ToJsonString())).GetProperty("warnings").GetArrayLength().ShouldBe(0);
        return $"/{name}";
    }

    private static (string Name, string Value)[] Headers(string provider, long at, byte[] body) => provider switch
    {
        "stripe" => [("Stripe-Signature", $"t={at},v1={Mac(Encoding.UTF8.GetBytes($"{at}."), body)}")],
        "slack" => [("X-Slack-Request-Timestamp", $"{at}"), ("X-Slack-Signature", $"v0={Mac(Encoding.UTF8.GetBytes($"v0:{at}:"), body)}")],
        "standard" =>
        [
            ("webhook-id", "msg_1"), ("webhook-timestamp", $"{at}"),
            ("webhook-signature", $"v1,{Convert.ToBase64String(Convert.FromHexString(Mac(Encoding.UTF8.GetBytes($"msg_1.{at}."), body)))}"),
        ],
        "meta" => [("X-Hub-Signature-256", $"sha256={Mac([], body)}")],
        _ => throw new InvalidOperationException(provider),
    };

    private static string Mac(byte[] prefix, byte[] body) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), (byte[])[.. prefix, .. body]));

    private async Task<IReadOnlyList<JsonElement>> ExecutionsAsync(string hook) =>
        [.. (await ApiAsync(HttpMethod.Get, $"/executions?script={hook[1..]}")).GetProperty("items").EnumerateArray()];

    private async Task<JsonElement> ApiAsync(HttpMethod method, string path, string? json = null)
    {
        using var response = await Product.SendAsync(method, $"/api/v1{path}", Product.Env["SANDBOX_TOKEN"], null, json is null ? null : JsonNode.Parse(json), Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonDocument.Parse(text).RootElement.Clone();
    }

    private Task<Answer> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, $"/t/demo/api/scripts{path}"));

    private Task<Answer> SendAsync(string path, byte[] body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/t/demo/api/scripts{path}") { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        return SendAsync(request);
    }

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var sent = request;
        using var response = await Product.Endpoints.SendAsync(sent, Stop);
        return new Answer(response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync(Stop));
    }

    private sealed record Answer(HttpStatusCode Status, string? Type, string Text)
    {
        public void ShouldBeRefused()
        {
            (Status, Type).ShouldBe((HttpStatusCode.Unauthorized, "application/problem+json"), Text);
            JsonDocument.Parse(Text).RootElement.GetProperty("code").GetString().ShouldBe("UNAUTHORIZED");
        }
    }
}
