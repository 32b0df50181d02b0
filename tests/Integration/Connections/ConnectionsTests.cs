using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Broker;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Connections;

/// <summary>Connections over REST.</summary>
public sealed class ConnectionsTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>
{
    private const int Minute = 60_000;
    private const string Header = """{"type":"header","hosts":["api.example.com"],"header":"X-Key","value":"hunter2!"}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory(Timeout = Minute)]
    [InlineData(
        """{"type":"header","hosts":["API.example.com","*.example.org:8443","api.example.com"],"header":"X-Key","value":"hunter2!"}""",
        """{"type":"header","hosts":["api.example.com","*.example.org:8443"],"header":"X-Key"}""")]
    [InlineData(
        """{"type":"basic","hosts":["api.example.com"],"username":"ann","password":"hunter2!"}""",
        """{"type":"basic","hosts":["api.example.com"],"username":"ann"}""")]
    [InlineData(
        """{"type":"query","hosts":["api.example.com"],"parameter":"key","value":"hunter2!"}""",
        """{"type":"query","hosts":["api.example.com"],"parameter":"key"}""")]
    [InlineData(
        """{"type":"oauth2","hosts":["api.example.com"],"token_url":"https://id.example.com/token","client_id":"c","client_secret":"hunter2!"}""",
        """{"type":"oauth2","hosts":["api.example.com"],"token_url":"https://id.example.com/token","client_id":"c","auth":"basic"}""")]
    [InlineData(
        """
        {"type":"oauth2","hosts":["api.example.com"],"token_url":"https://id.example.com/token","client_id":"c","client_secret":"hunter2!",
        "scope":"a b","audience":"x","auth":"body"}
        """,
        """
        {"type":"oauth2","hosts":["api.example.com"],"token_url":"https://id.example.com/token","client_id":"c","scope":"a b","audience":"x","auth":"body"}
        """)]
    public async Task A_connection_is_read_back_as_it_was_written_without_its_secret(string body, string shown)
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        var made = await PutAsync(tenant, "crm", body, HttpStatusCode.Created);
        var read = await tenant.Rest.GetAsync("/connections/crm");
        var list = await tenant.Rest.GetAsync("/connections");

        var fields = JsonNode.Parse(read.GetRawText())!.AsObject();
        fields["name"]!.GetValue<string>().ShouldBe("crm");
        fields["updated_at"]!.GetValue<DateTimeOffset>().ShouldBeGreaterThanOrEqualTo(fields["created_at"]!.GetValue<DateTimeOffset>());
        foreach (var other in new[] { "name", "created_at", "updated_at" }) fields.Remove(other);
        JsonNode.DeepEquals(fields, JsonNode.Parse(shown)).ShouldBeTrue(read.GetRawText());
        list.GetProperty("items")[0].GetRawText().ShouldBe(read.GetRawText());
        foreach (var answer in new[] { made, read, list }) answer.GetRawText().ShouldNotContain("hunter2");
    }

    [Theory(Timeout = Minute)]
    [InlineData("crm", """{}""", "hosts", "type")]
    [InlineData("crm", """{"type":"cookie","hosts":["a.example.com"]}""", "type")]
    [InlineData("crm", """{"type":"header","hosts":["a.example.com"]}""", "header", "value")]
    [InlineData("crm", """{"type":"header","hosts":[],"header":"X-Key","value":"hunter2!"}""", "hosts")]
    [InlineData("crm", """{"type":"header","hosts":["*"],"header":"X-Key","value":"hunter2!"}""", "hosts[0]")]
    [InlineData("crm", """{"type":"header","hosts":["a.example.com","https://b.example.com"],"header":"X-Key","value":"hunter2!"}""", "hosts[1]")]
    [InlineData("crm", """{"type":"header","hosts":["a.example.com"],"header":"X Key","value":"hunter2!"}""", "header")]
    [InlineData("crm", """{"type":"header","hosts":["a.example.com"],"header":"Host","value":"hunter2!"}""", "header")]
    [InlineData("crm", """{"type":"header","hosts":["a.example.com"],"header":"Content-Type","value":"hunter2!"}""", "header")]
    [InlineData("crm", """{"type":"header","hosts":["a.example.com"],"header":"X-Key","value":"hunter2!\r\nb: c"}""", "value")]
    [InlineData("crm", """{"type":"header","hosts":["a.example.com"],"header":"X-Key","value":"hunter2!","password":"x"}""", "password")]
    [InlineData("crm", """{"type":"header","hosts":["a.example.com"],"header":"X-Key","value":"hunter2!","secret":"x"}""", "secret")]
    [InlineData("crm", """{"type":"basic","hosts":["a.example.com"],"username":"a:b","password":"hunter2!"}""", "username")]
    [InlineData("crm", """{"type":"basic","hosts":["a.example.com"],"username":"ann","password":""}""", "password")]
    [InlineData("crm", """{"type":"query","hosts":["a.example.com"],"parameter":"","value":"hunter2!"}""", "parameter")]
    [InlineData(
        "crm",
        """{"type":"oauth2","hosts":["a.example.com"],"token_url":"http://id.example.com","client_id":"c","client_secret":"hunter2!"}""",
        "token_url")]
    [InlineData(
        "crm",
        """{"type":"oauth2","hosts":["a.example.com"],"token_url":"https://u:p@id.example.com","client_id":"c","client_secret":"hunter2!"}""",
        "token_url")]
    [InlineData(
        "crm",
        """
        {"type":"oauth2","hosts":["a.example.com"],"token_url":"https://id.example.com","client_id":"c","client_secret":"hunter2!","auth":"post"}
        """,
        "auth")]
    [InlineData("Crm", Header, "name")]
    public async Task What_cannot_be_a_connection_is_refused_by_field_without_repeating_the_secret(string name, string body, params string[] fields)
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        var problem = await PutAsync(tenant, name, body, HttpStatusCode.UnprocessableEntity);

        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()).ShouldBe(fields);
        problem.GetRawText().ShouldNotContain("hunter2");
        (await tenant.Rest.GetAsync("/connections")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact(Timeout = Minute)]
    public async Task A_write_replaces_all_of_it_and_needs_the_secret_again()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        var made = await PutAsync(tenant, "crm", Header, HttpStatusCode.Created);

        await PutAsync(tenant, "crm", """{"type":"header","hosts":["evil.example.com"],"header":"X-Key"}""", HttpStatusCode.UnprocessableEntity);
        var changed = await PutAsync(
            tenant, "crm", """{"type":"basic","hosts":["b.example.com"],"username":"","password":"hunter3!"}""", HttpStatusCode.OK);

        changed.GetProperty("created_at").GetRawText().ShouldBe(made.GetProperty("created_at").GetRawText());
        changed.GetProperty("updated_at").GetDateTimeOffset().ShouldBeGreaterThan(made.GetProperty("updated_at").GetDateTimeOffset());
        var read = await tenant.Rest.GetAsync("/connections/crm");
        read.GetProperty("hosts")[0].GetString().ShouldBe("b.example.com");
        read.TryGetProperty("header", out _).ShouldBeFalse();
    }

    [Fact(Timeout = Minute)]
    public async Task A_deleted_connection_is_gone_and_another_tenants_is_not_seen()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        var other = await SdkTenant.NewAsync(fixture.Product);
        await PutAsync(tenant, "crm", Header, HttpStatusCode.Created);

        await ExpectAsync(other, HttpMethod.Get, HttpStatusCode.NotFound);
        await ExpectAsync(other, HttpMethod.Delete, HttpStatusCode.NotFound);
        await ExpectAsync(tenant, HttpMethod.Delete, HttpStatusCode.NoContent);

        await ExpectAsync(tenant, HttpMethod.Delete, HttpStatusCode.NotFound);
        await ExpectAsync(tenant, HttpMethod.Get, HttpStatusCode.NotFound);
    }

    [Fact(Timeout = Minute)]
    public async Task Saving_a_secret_that_is_too_short_to_mask_says_so_by_its_field()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        var shorter = await PutAsync(
            tenant, "crm", """{"type":"basic","hosts":["b.example.com"],"username":"ann","password":"12345"}""", HttpStatusCode.Created);
        var longer = await PutAsync(
            tenant, "crm", """{"type":"basic","hosts":["b.example.com"],"username":"ann","password":"123456"}""", HttpStatusCode.OK);

        shorter.GetProperty("warnings")[0].GetString()!.ShouldStartWith("password: ");
        longer.GetProperty("warnings").GetArrayLength().ShouldBe(0);
    }

    [Fact(Timeout = Minute)]
    public async Task A_list_is_by_name_and_in_pages()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        foreach (var name in new[] { "b", "a_1", "a-1", "c" }) await PutAsync(tenant, name, Header, HttpStatusCode.Created);

        var first = await tenant.Rest.GetAsync("/connections?limit=3");
        var second = await tenant.Rest.GetAsync($"/connections?limit=3&cursor={first.GetProperty("next_cursor").GetString()}");

        Names(first).ShouldBe(["a-1", "a_1", "b"]);
        Names(second).ShouldBe(["c"]);
    }

    private static string[] Names(JsonElement page) =>
        [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()!)];

    private static async Task<JsonElement> PutAsync(SdkTenant tenant, string name, string body, HttpStatusCode status)
    {
        using var response = await tenant.Rest.SendAsync(HttpMethod.Put, $"/connections/{name}", JsonNode.Parse(body), Stop);
        return await RunningProduct.ExpectAsync(response, status);
    }

    private static async Task ExpectAsync(SdkTenant tenant, HttpMethod method, HttpStatusCode status)
    {
        using var response = await tenant.Rest.SendAsync(method, "/connections/crm", null, Stop);
        await RunningProduct.ExpectAsync(response, status);
    }
}
