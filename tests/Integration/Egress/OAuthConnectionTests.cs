using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sandbox.Tests.Integration.Broker;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Egress;

/// <summary>Connections with tokens by client credentials, against a real token server.</summary>
public sealed class OAuthConnectionTests(NetworkFixture fixture) : IClassFixture<NetworkFixture>
{
    private const int Patience = 120_000;
    private const string Uses = """{"hosts":["api.token.example.com"],"connections":["crm"]}""";

    private const string Body = """
        {"type":"oauth2","hosts":["api.token.example.com"],"token_url":"https://id.token.example.com:9443/token","client_id":"cli ent",
        "client_secret":"zebra:4711","scope":"a b","audience":"x","auth":"body"}
        """;

    private const string Basic = """
        {"type":"oauth2","hosts":["api.token.example.com"],"token_url":"https://id.token.example.com:9443/token","client_id":"cli ent",
        "client_secret":"zebra:4711"}
        """;

    private const string Get = "return (await sdk.http.get('https://api.token.example.com:9443/', { connection: 'crm' })).status;";

    private readonly ConcurrentQueue<(string Form, string Authorization)> _asked = new();
    private readonly ConcurrentQueue<string> _shown = new();
    private readonly ConcurrentDictionary<string, bool> _revoked = new(StringComparer.Ordinal);

    [Theory(Timeout = Patience)]
    [InlineData(Body, "grant_type=client_credentials&scope=a+b&audience=x&client_id=cli+ent&client_secret=zebra%3A4711", null)]
    [InlineData(Basic, "grant_type=client_credentials", "cli+ent:zebra%3A4711")]
    public async Task A_token_is_asked_for_once_and_shown_with_each_request(string connection, string form, string? credentials)
    {
        await using var server = await ServerAsync("""{"access_token":"token-{n}","token_type":"bearer","expires_in":3600}""");
        var tenant = await TenantAsync(connection);

        for (var i = 0; i < 3; i++) (await tenant.OutputAsync(Get, uses: Uses)).ShouldBe("200");

        _asked.ShouldHaveSingleItem().ShouldBe((form, credentials is null ? "" : $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}"));
        _shown.ShouldBe(["Bearer token-1", "Bearer token-1", "Bearer token-1"]);
    }

    [Fact(Timeout = Patience)]
    public async Task Requests_at_once_ask_for_one_token()
    {
        await using var server = await ServerAsync("""{"access_token":"token-{n}","expires_in":3600}""");
        var tenant = await TenantAsync(Body);

        await tenant.OutputAsync(
            "await Promise.all(Array.from({ length: 8 }, () => sdk.http.get('https://api.token.example.com:9443/', { connection: 'crm' })));", uses: Uses);

        _asked.Count.ShouldBe(1);
        _shown.Count.ShouldBe(8);
    }

    [Fact(Timeout = Patience)]
    public async Task A_token_that_ends_within_the_margin_is_not_kept()
    {
        await using var server = await ServerAsync("""{"access_token":"token-{n}","expires_in":"30"}""");
        var tenant = await TenantAsync(Body);

        for (var i = 0; i < 2; i++) (await tenant.OutputAsync(Get, uses: Uses)).ShouldBe("200");

        _shown.ShouldBe(["Bearer token-1", "Bearer token-2"]);
    }

    [Fact(Timeout = Patience)]
    public async Task A_kept_token_that_is_refused_is_renewed_once_and_a_new_one_is_not()
    {
        await using var server = await ServerAsync("""{"access_token":"token-{n}","expires_in":3600}""");
        var tenant = await TenantAsync(Body);
        (await tenant.OutputAsync(Get, uses: Uses)).ShouldBe("200");

        _revoked["Bearer token-1"] = true;
        (await tenant.OutputAsync(Get, uses: Uses)).ShouldBe("200");
        _shown.ShouldBe(["Bearer token-1", "Bearer token-1", "Bearer token-2"]);

        foreach (var n in (int[])[2, 3]) _revoked[$"Bearer token-{n}"] = true;
        (await tenant.OutputAsync(Get, uses: Uses)).ShouldBe("401");
        _shown.Skip(3).ShouldBe(["Bearer token-2", "Bearer token-3"]);
    }

    [Theory(Timeout = Patience)]
    [InlineData(400, """{"error":"invalid_client","error_description":"zebra:4711 is wrong"}""", "answered 400 (invalid_client)")]
    [InlineData(400, """{"error":"zebra:4711"}""", "answered 400;")]
    [InlineData(302, "", "answered 302")]
    [InlineData(200, "zebra:4711", "without an access_token")]
    [InlineData(200, """{"access_token":"a\r\nb"}""", "without an access_token")]
    [InlineData(200, """{"access_token":"token-1","token_type":"mac"}""", "no bearer token")]
    [InlineData(200, "long", "more than 64 KB")]
    public async Task A_token_that_cannot_be_had_is_an_error_that_names_the_host_and_no_secret(int status, string answer, string names)
    {
        await using var server = await ServerAsync(answer == "long" ? new string(' ', 65 * 1024) : answer, status);
        var tenant = await TenantAsync(Body);

        var execution = await tenant.RunAsync(Get, uses: Uses);

        execution.GetProperty("code").GetString().ShouldBe("HTTP_ERROR", execution.GetRawText());
        var message = execution.GetProperty("error").GetProperty("message").GetString()!;
        message.ShouldContain("id.token.example.com");
        message.ShouldContain(names);
        message.ShouldNotContain("zebra");
        message.ShouldNotContain("***");
        _shown.ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task A_token_url_goes_out_by_the_same_checks_as_a_script()
    {
        fixture.Network.Names.Add("inside.token.example.com", LoopbackNetwork.Private);
        await using var server = await ServerAsync("{}");
        var tenant = await TenantAsync(Body.Replace("id.token", "inside.token", StringComparison.Ordinal));

        var execution = await tenant.RunAsync(Get, uses: Uses);

        execution.GetProperty("code").GetString().ShouldBe("EGRESS_BLOCKED", execution.GetRawText());
        execution.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("inside.token.example.com");
        _asked.ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task A_token_that_the_server_shows_is_masked()
    {
        await using var server = await ServerAsync("""{"access_token":"giraffe-{n}-token"}""");
        var tenant = await TenantAsync(Body);

        var output = await tenant.OutputAsync(
            "return (await sdk.http.get('https://api.token.example.com:9443/', { connection: 'crm' })).text;", uses: Uses);

        output.ShouldBe("\"Bearer ***\"");
    }

    private Task<SdkTenant> TenantAsync(string connection) => ConnectionTests.NewTenantAsync(fixture, connection);

    /// <summary>The token URL and the API behind it.</summary>
    private Task<WebServer> ServerAsync(string token, int status = 200)
    {
        foreach (var name in (string[])["api.token.example.com", "id.token.example.com"]) fixture.Network.Names.Add(name, LoopbackNetwork.Public);
        return WebServer.StartAsync(
            fixture.Network,
            9443,
            async context =>
            {
                var authorization = context.Request.Headers.Authorization.ToString();
                if (context.Request.Path == "/token")
                {
                    using var reader = new StreamReader(context.Request.Body);
                    _asked.Enqueue((await reader.ReadToEndAsync(), authorization));
                    context.Response.StatusCode = status;
                    await context.Response.WriteAsync(token.Replace("{n}", $"{_asked.Count}", StringComparison.Ordinal));
                    return;
                }

                _shown.Enqueue(authorization);
                if (_revoked.ContainsKey(authorization)) context.Response.StatusCode = 401;
                await context.Response.WriteAsync(authorization);
            },
            fixture.Network.Authority.Issue("api.token.example.com", "id.token.example.com", "inside.token.example.com"));
    }
}
