using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sandbox.Tests.Integration.Broker;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Egress;

/// <summary>What <c>sdk.http</c> adds for a connection, against real servers.</summary>
public sealed class ConnectionTests(NetworkFixture fixture) : IClassFixture<NetworkFixture>
{
    private const int Patience = 120_000;
    private const string Secret = "zebra-4711-crossing";
    private const string Uses = """{"hosts":["*"],"connections":["crm"]}""";

    private const string Header =
        """{"type":"header","hosts":["*.crm.example.com"],"header":"X-Key","value":"zebra-4711-crossing"}""";

    /// <summary>Gives what the server saw without giving the secret back: that would be masked.</summary>
    private const string Get = """
        const seen = (await sdk.http.get(context.input, { connection: 'crm', headers: { 'X-Key': 'mine', Authorization: 'mine' } })).body;
        return [seen.target, seen.key, seen.authorization].map(text => text.split('').reverse().join(''));
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string, string> Types => new()
    {
        { Header, "/a?b=1", Secret, "mine" },
        {
            """{"type":"basic","hosts":["api.crm.example.com:8443"],"username":"ann","password":"zebra-4711-crossing"}""",
            "/a?b=1", "mine", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"ann:{Secret}"))
        },
        {
            """{"type":"query","hosts":["api.crm.example.com"],"parameter":"b","value":"zebra&4711 crossing"}""",
            "/a?b=zebra%264711%20crossing", "mine", "mine"
        },
    };

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Types))]
    public async Task A_credential_is_added_over_what_the_script_gave(string connection, string target, string key, string authorization)
    {
        await using var server = await EchoAsync(8443);
        var tenant = await TenantAsync(connection);

        var seen = JsonNode.Parse(await tenant.OutputAsync(Get, "https://api.crm.example.com:8443/a?b=1", Uses))!.AsArray();

        seen.Select(text => Reversed(text!.GetValue<string>())).ShouldBe([target, key, authorization]);
    }

    [Theory(Timeout = Patience)]
    [InlineData("https://api.crm.example.com:8444/", """{"hosts":["*"]}""", "NOT_ALLOWED", "uses.connections: ['crm']")]
    [InlineData("https://api.crm.example.com:8444/", """{"connections":["crm"]}""", "NOT_ALLOWED", "uses.hosts: ['api.crm.example.com']")]
    [InlineData("http://api.crm.example.com:8444/", Uses, "NOT_ALLOWED", "https://")]
    [InlineData("https://other.example.com:8444/", Uses, "NOT_ALLOWED", "*.crm.example.com")]
    [InlineData("https://crm.example.com:8444/", Uses, "NOT_ALLOWED", "*.crm.example.com")]
    public async Task A_connection_that_may_not_be_used_there_is_refused_with_the_remedy(string url, string uses, string code, string names)
    {
        var tenant = await TenantAsync(Header);

        var execution = await tenant.RunAsync(Get, url, uses: uses);

        execution.GetProperty("code").GetString().ShouldBe(code, execution.GetRawText());
        execution.GetProperty("error").GetProperty("message").GetString()!.ShouldContain(names);
    }

    [Fact(Timeout = Patience)]
    public async Task A_connection_that_there_is_none_of_is_not_found_and_the_error_says_where_to_make_it()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        var execution = await tenant.RunAsync(Get, "https://api.crm.example.com:8444/", uses: Uses);

        execution.GetProperty("code").GetString().ShouldBe("NOT_FOUND", execution.GetRawText());
        execution.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("PUT /api/v1/connections/crm");
    }

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Types))]
    public async Task A_redirect_takes_the_credential_to_hosts_of_the_list_over_https_alone(string connection, string target, string key, string authorization)
    {
        await using var plain = await EchoAsync(8446, isSecure: false);
        await using var server = await EchoAsync(8443);
        var tenant = await TenantAsync(connection);
        foreach (var elsewhere in (string[])["https://other.example.com:8443/a?b=1", "http://api.crm.example.com:8446/a?b=1"])
        {
            var off = JsonNode.Parse(await tenant.OutputAsync(Get, To(elsewhere), Uses))!.AsArray();
            off.Select(text => Reversed(text!.GetValue<string>())).ShouldBe(["/a?b=1", "mine", ""]);
        }

        var back = JsonNode.Parse(await tenant.OutputAsync(Get, To(To("https://api.crm.example.com:8443/a?b=1", "other.example.com")), Uses))!.AsArray();
        back.Select(text => Reversed(text!.GetValue<string>())).ShouldBe([target, key, authorization == "mine" ? "" : authorization]);
    }

    [Fact(Timeout = Patience)]
    public async Task A_server_that_redirects_with_the_query_it_was_sent_takes_no_parameter_elsewhere()
    {
        await using var server = await EchoAsync(8443);
        var tenant = await TenantAsync("""{"type":"query","hosts":["api.crm.example.com"],"parameter":"key","value":"zebra-4711-crossing"}""");

        var seen = await tenant.OutputAsync(Get, "https://api.crm.example.com:8443/with-query?c=1", Uses);

        Reversed(JsonNode.Parse(seen)![0]!.GetValue<string>()).ShouldBe("/a?c=1");
    }

    [Fact(Timeout = Patience)]
    public async Task A_certificate_of_another_name_or_authority_gets_no_request()
    {
        var requests = 0;
        using var stranger = new TestAuthority();
        Names();
        await using var misnamed = await WebServer.StartAsync(fixture.Network, 8447, Count, fixture.Network.Authority.Issue("other.example.com"));
        await using var unknown = await WebServer.StartAsync(fixture.Network, 8448, Count, stranger.Issue("api.crm.example.com"));
        var tenant = await TenantAsync(Header);

        foreach (var port in (int[])[8447, 8448])
        {
            var execution = await tenant.RunAsync(Get, $"https://api.crm.example.com:{port}/", uses: Uses);
            execution.GetProperty("code").GetString().ShouldBe("HTTP_ERROR", execution.GetRawText());
            execution.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("certificate of api.crm.example.com");
        }

        requests.ShouldBe(0);

        Task Count(HttpContext context)
        {
            Interlocked.Increment(ref requests);
            return Task.CompletedTask;
        }
    }

    [Theory(Timeout = Patience)]
    [InlineData("""{"type":"header","hosts":["api.crm.example.com"],"header":"Authorization","value":"Bearer zebra-4711-crossing"}""")]
    [InlineData("""{"type":"basic","hosts":["api.crm.example.com"],"username":"ann","password":"zebra-4711-crossing"}""")]
    [InlineData("""{"type":"query","hosts":["api.crm.example.com"],"parameter":"key","value":"zebra-4711-crossing"}""")]
    public async Task What_a_server_shows_of_a_credential_is_masked_in_output_log_error_and_calls(string connection)
    {
        await using var server = await EchoAsync(8443);
        var tenant = await TenantAsync(connection);
        const string source = """
            const { text, body } = await sdk.http.get('https://api.crm.example.com:8443/a', { connection: 'crm' });
            const shown = [text, body.authorization.replace(/^\w+ /, ''), body.target];
            console.log(...shown);
            sdk.label('shown', shown[1].slice(0, 90) || 'none');
            if (context.input) throw new Error(shown.join(' '));
            return shown;
            """;

        var completed = await tenant.RunAsync(source, uses: Uses);
        var failed = await tenant.RunAsync(source, input: true, uses: Uses);

        completed.GetProperty("status").GetString().ShouldBe("completed", completed.GetRawText());
        failed.GetProperty("status").GetString().ShouldBe("failed", failed.GetRawText());
        completed.GetProperty("output").GetRawText().ShouldContain("***");
        foreach (var execution in (JsonElement[])[completed, failed])
        {
            var id = execution.GetProperty("id").GetString();
            var all = execution.GetRawText() + (await tenant.Rest.GetAsync($"/executions/{id}")).GetRawText()
                + (await tenant.Rest.GetAsync($"/executions/{id}/logs")).GetRawText() + (await tenant.Rest.GetAsync($"/executions/{id}/calls")).GetRawText();
            all.ShouldNotContain("zebra");
            all.ShouldNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes($"ann:{Secret}"))[..12]);
        }
    }

    internal static async Task<SdkTenant> NewTenantAsync(NetworkFixture fixture, string connection)
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        using var response = await tenant.Rest.SendAsync(HttpMethod.Put, "/connections/crm", JsonNode.Parse(connection), Stop);
        await RunningProduct.ExpectAsync(response, HttpStatusCode.Created);
        return tenant;
    }

    private Task<SdkTenant> TenantAsync(string connection)
    {
        Names();
        return NewTenantAsync(fixture, connection);
    }

    private void Names()
    {
        foreach (var name in (string[])["api.crm.example.com", "other.example.com", "crm.example.com"])
            fixture.Network.Names.Add(name, LoopbackNetwork.Public);
    }

    /// <summary>Answers what it was sent, or redirects.</summary>
    private Task<WebServer> EchoAsync(int port, bool isSecure = true) => WebServer.StartAsync(
        fixture.Network,
        port,
        context =>
        {
            var request = context.Request;
            if (request.Path == "/to") context.Response.Redirect(request.Query["url"]!);
            else if (request.Path == "/with-query") context.Response.Redirect($"https://other.example.com:8443/a{request.QueryString}");
            else
            {
                return context.Response.WriteAsJsonAsync(new
                {
                    target = request.Path + request.QueryString,
                    key = request.Headers["x-key"].ToString(),
                    authorization = request.Headers.Authorization.ToString(),
                });
            }

            return Task.CompletedTask;
        },
        isSecure ? fixture.Network.Authority.Issue("api.crm.example.com", "other.example.com") : null);

    private static string To(string url, string host = "api.crm.example.com") => $"https://{host}:8443/to?url={Uri.EscapeDataString(url)}";

    private static string Reversed(string text) => new([.. text.Reverse()]);
}
