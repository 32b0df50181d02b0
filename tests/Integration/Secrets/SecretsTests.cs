using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Supervisor.Broker;
using Sandbox.Tests.Integration.Broker;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Secrets;

/// <summary>Secrets over REST and as <c>sdk.secrets</c>, through the whole product.</summary>
public sealed class SecretsTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>
{
    private const int Minute = 60_000;
    private const string AnySecret = """{"secrets":["*"]}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Minute)]
    public async Task A_value_goes_in_over_rest_and_comes_out_in_scripts_alone()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        var made = await PutAsync(tenant, "crm_key", "hunter2!", HttpStatusCode.Created);
        var changed = await PutAsync(tenant, "crm_key", "hunter2!\u0000\ud83d\ude00", HttpStatusCode.OK);
        var read = await tenant.Rest.GetAsync("/secrets/crm_key");
        var list = await tenant.Rest.GetAsync("/secrets");

        string.Join(' ', read.EnumerateObject().Select(field => field.Name)).ShouldBe("name created_at updated_at");
        read.GetProperty("updated_at").GetDateTimeOffset().ShouldBeGreaterThan(made.GetProperty("updated_at").GetDateTimeOffset());
        read.GetProperty("created_at").GetRawText().ShouldBe(changed.GetProperty("created_at").GetRawText());
        list.GetProperty("items").GetArrayLength().ShouldBe(1);
        foreach (var answer in new[] { made, changed, read, list }) answer.GetRawText().ShouldNotContain("hunter2");
        (await tenant.OutputAsync(
            """
            const value = await sdk.secrets.get('crm_key');
            return [value.length, [...value].map(c => c.codePointAt(0).toString(16)).join(' ')];
            """)).ShouldBe("""[11,"68 75 6e 74 65 72 32 21 0 1f600"]""");
    }

    [Fact(Timeout = Minute)]
    public async Task A_script_reads_the_new_value_right_after_a_change_and_none_of_another_tenant()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        var other = await SdkTenant.NewAsync(fixture.Product);
        var script = await tenant.ScriptAsync("return (await sdk.secrets.get('crm')).length;");
        await PutAsync(tenant, "crm", "1234567", HttpStatusCode.Created);
        (await tenant.InvokeAsync(script)).ShouldBe("7");

        await PutAsync(tenant, "crm", "12345678", HttpStatusCode.OK);
        (await tenant.InvokeAsync(script)).ShouldBe("8");

        (await other.RunAsync("return await sdk.secrets.get('crm');")).GetProperty("code").GetString().ShouldBe("NOT_FOUND");
    }

    [Fact(Timeout = Minute)]
    public async Task A_deleted_secret_is_gone_and_the_error_says_where_to_make_it()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        await PutAsync(tenant, "crm", "hunter2!", HttpStatusCode.Created);

        await ExpectAsync(tenant, HttpMethod.Delete, "/secrets/crm", null, HttpStatusCode.NoContent);

        await ExpectAsync(tenant, HttpMethod.Delete, "/secrets/crm", null, HttpStatusCode.NotFound);
        await ExpectAsync(tenant, HttpMethod.Get, "/secrets/crm", null, HttpStatusCode.NotFound);
        var execution = await tenant.RunAsync("return await sdk.secrets.get('crm');");
        execution.GetProperty("code").GetString().ShouldBe("NOT_FOUND");
        execution.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("PUT /api/v1/secrets/crm");
    }

    [Theory(Timeout = Minute)]
    [InlineData("crm", """{}""", "value")]
    [InlineData("crm", """{"value":""}""", "value")]
    [InlineData("crm", """{"value":null}""", "value")]
    [InlineData("crm", """{"value":12345678}""", "value")]
    [InlineData("crm", """{"value":"hunter2!\ud800"}""", "lone surrogate")]
    [InlineData("crm", """{"value":"hunter2!","description":"x"}""", "description")]
    [InlineData("Crm", """{"value":"hunter2!"}""", "lower-case")]
    [InlineData("1crm", """{"value":"hunter2!"}""", "beginning with a letter")]
    [InlineData("c.m", """{"value":"hunter2!"}""", "underscores")]
    public async Task What_cannot_be_a_secret_is_refused_by_field_without_repeating_the_value(string name, string body, string names)
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/secrets/{name}") { Content = content };
        request.Headers.Authorization = new("Bearer", fixture.Product.Env["SANDBOX_ADMIN_TOKEN"]);
        request.Headers.Add("X-Tenant", tenant.Rest.Slug);

        using var response = await fixture.Product.Admin.SendAsync(request, Stop);

        var problem = await RunningProduct.ExpectAsync(response, HttpStatusCode.UnprocessableEntity);
        problem.GetRawText().ShouldContain(names);
        problem.GetRawText().ShouldNotContain("hunter2");
    }

    [Fact(Timeout = Minute)]
    public async Task A_value_has_16_KB_of_utf8_at_most_and_a_name_100_characters()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        var name = "n" + new string('9', 99);

        await PutAsync(tenant, name, new string('\u00e9', 8_192), HttpStatusCode.Created);

        var refused = await PutAsync(tenant, "crm", new string('\u00e9', 8_192) + "x", HttpStatusCode.UnprocessableEntity);
        refused.GetRawText().ShouldContain("16384");
        await PutAsync(tenant, name + "9", "hunter2!", HttpStatusCode.UnprocessableEntity);
        (await tenant.OutputAsync("return (await sdk.secrets.get(context.input)).length;", name, AnySecret)).ShouldBe("8192");
    }

    [Fact(Timeout = Minute)]
    public async Task Saving_a_value_that_is_too_short_to_mask_says_so()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);

        var shorter = await PutAsync(tenant, "pin", "12345", HttpStatusCode.Created);
        var longer = await PutAsync(tenant, "pin", "123456", HttpStatusCode.OK);

        shorter.GetProperty("warnings")[0].GetString()!.ShouldContain("not masked");
        longer.GetProperty("warnings").GetArrayLength().ShouldBe(0);
    }

    [Fact(Timeout = Minute)]
    public async Task A_list_is_by_name_and_in_pages()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        foreach (var name in new[] { "b", "a_1", "a-1", "c" }) await PutAsync(tenant, name, "hunter2!", HttpStatusCode.Created);

        var first = await tenant.Rest.GetAsync("/secrets?limit=3");
        var second = await tenant.Rest.GetAsync($"/secrets?limit=3&cursor={first.GetProperty("next_cursor").GetString()}");

        Names(first).ShouldBe(["a-1", "a_1", "b"]);
        Names(second).ShouldBe(["c"]);
        second.GetProperty("next_cursor").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact(Timeout = Minute)]
    public async Task An_execution_is_given_as_many_values_as_its_mask_holds()
    {
        var tenant = await SdkTenant.NewAsync(fixture.Product);
        for (var n = 0; n <= SecretMask.ValuesMax; n++) await PutAsync(tenant, $"s{n}", $"hunter2!{n}", HttpStatusCode.Created);
        const string source = """
            for (let n = 0; n < context.input; n++) await sdk.secrets.get('s' + n);
            return (await sdk.secrets.get('s0')).length;
            """;

        (await tenant.OutputAsync(source, SecretMask.ValuesMax, AnySecret)).ShouldBe("9");

        var refused = await tenant.RunAsync(source, SecretMask.ValuesMax + 1, uses: AnySecret);
        refused.GetProperty("code").GetString().ShouldBe("QUOTA_EXCEEDED");
        refused.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("50 different secrets");
    }

    [Theory(Timeout = Minute)]
    [InlineData("sdk.secrets.get()", "INVALID_ARGUMENT", "name")]
    [InlineData("sdk.secrets.get(1)", "INVALID_ARGUMENT", "name")]
    [InlineData("sdk.secrets.get('x'.repeat(101))", "INVALID_ARGUMENT", "100")]
    [InlineData("sdk.secrets.get('CRM')", "NOT_FOUND", "CRM")]
    public async Task A_wrong_argument_fails_the_execution_with_its_code(string call, string code, string names)
    {
        var tenant = await fixture.Tenant;

        var execution = await tenant.RunAsync($"await {call};", uses: AnySecret);

        execution.GetProperty("code").GetString().ShouldBe(code);
        execution.GetProperty("error").GetProperty("message").GetString()!.ShouldContain(names);
    }

    private static string[] Names(JsonElement page) =>
        [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()!)];

    private static Task<JsonElement> PutAsync(SdkTenant tenant, string name, string value, HttpStatusCode status) =>
        ExpectAsync(tenant, HttpMethod.Put, $"/secrets/{name}", new JsonObject { ["value"] = value }, status);

    private static async Task<JsonElement> ExpectAsync(
        SdkTenant tenant, HttpMethod method, string path, JsonNode? body, HttpStatusCode status)
    {
        using var response = await tenant.Rest.SendAsync(method, path, body, Stop);
        return await RunningProduct.ExpectAsync(response, status);
    }
}
