using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Http;

/// <summary>Writes of scripts over REST: what each permission allows, and what an accepted write is warned of.</summary>
public sealed class ScriptWriteTests(ProductFixture fixture) : IClassFixture<ProductFixture>
{
    private const int Patience = 120_000;

    private RunningProduct Product => fixture.Product;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task A_source_goes_live_only_with_publish()
    {
        var create = await TokenAsync("scripts.create");
        var update = await TokenAsync("scripts.update");
        var publish = await TokenAsync("scripts.publish");
        var both = await TokenAsync("scripts.update", "scripts.publish");
        const string script = "/scripts/published";

        (await SendAsync(HttpMethod.Post, "/scripts", """{"name":"published","kind":"embedded","source":"return 1;","uses":{"email":true}}""", create)).ShouldBeRefusedFor("scripts.publish");
        (await SendAsync(HttpMethod.Post, "/scripts", """{"name":"published","kind":"embedded","source":"return 1;"}""", create)).Status.ShouldBe(HttpStatusCode.Created);
        foreach (var change in (string[])["""{"source":"return 2;"}""", """{"uses":{"email":true}}""", """{"input_schema":{"type":"object"}}"""])
            (await SendAsync(HttpMethod.Patch, script, change, update)).ShouldBeRefusedFor("scripts.publish");
        (await SendAsync(HttpMethod.Post, $"{script}/rollback", """{"version":1}""", update)).ShouldBeRefusedFor("scripts.publish");
        (await SendAsync(HttpMethod.Patch, script, """{"source":"return 2;"}""", publish)).ShouldBeRefusedFor("scripts.update");
        (await SendAsync(HttpMethod.Post, $"{script}/rollback", """{"version":1}""", publish)).ShouldBeRefusedFor("scripts.update");
        (await SendAsync(HttpMethod.Patch, script, """{"title":"T"}""", update)).Body.GetProperty("version").GetInt32().ShouldBe(1);
        (await SendAsync(HttpMethod.Post, $"{script}/pause", "{}", update)).Status.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(HttpMethod.Patch, script, """{"source":"return 2;"}""", both)).Body.GetProperty("version").GetInt32().ShouldBe(2);
        (await SendAsync(HttpMethod.Post, $"{script}/rollback", """{"version":1}""", both)).Body.GetProperty("version").GetInt32().ShouldBe(3);
        (await SendAsync(HttpMethod.Delete, script, null, both)).ShouldBeRefusedFor("scripts.delete");
    }

    [Fact(Timeout = Patience)]
    public async Task A_write_says_what_will_not_do_what_one_might_expect_and_a_read_does_not()
    {
        const string made = """{"name":"warned","kind":"scheduled","source":"return 1;","trigger":{"cron":"0 0 13 * 5"}}""";
        var created = await SendAsync(HttpMethod.Post, "/scripts", made);
        created.Status.ShouldBe(HttpStatusCode.Created);
        Warnings(created).ShouldContain(warning => warning.Contains("day of month", StringComparison.Ordinal) && warning.Contains("either", StringComparison.Ordinal));
        Warnings(await SendAsync(HttpMethod.Patch, "/scripts/warned", """{"title":"T"}""")).Length.ShouldBe(1);
        Warnings(await SendAsync(HttpMethod.Patch, "/scripts/warned", """{"trigger":{"cron":"0 0 13 * *"}}""")).ShouldBeEmpty();
        Warnings(await SendAsync(HttpMethod.Post, "/scripts/warned/disable", """{"reason":"x"}""")).ShouldBeEmpty();
        (await SendAsync(HttpMethod.Get, "/scripts/warned")).Body.TryGetProperty("warnings", out _).ShouldBeFalse();
        (await SendAsync(HttpMethod.Get, "/scripts?kind=scheduled")).Body.GetProperty("items")[0].TryGetProperty("warnings", out _).ShouldBeFalse();
    }

    [Theory(Timeout = Patience)]
    [InlineData("embedded", null, null)]
    [InlineData("http", """{"path":"/warned/get"}""", null)]
    [InlineData("http", """{"path":"/warned/options","methods":["OPTIONS"]}""", "OPTIONS")]
    [InlineData("event", """{"event_types":["a.b"]}""", null)]
    [InlineData("event", """{"event_types":["a.b"],"batch":{"max":10,"within_ms":1000}}""", null)]
    [InlineData("scheduled", """{"cron":"0 0 */2 * 1"}""", "either")]
    [InlineData("scheduled", """{"cron":"0 0 30 2 1"}""", "never comes")]
    [InlineData("scheduled", """{"cron":"0 0 * * *"}""", null)]
    public async Task Validation_warns_as_a_write_does(string kind, string? trigger, string? warning)
    {
        var body = new JsonObject { ["kind"] = kind, ["source"] = "return 1;", ["trigger"] = trigger is null ? null : JsonNode.Parse(trigger), ["from"] = "2026-01-01T00:00:00Z" };
        var validated = await SendAsync(HttpMethod.Post, "/scripts/validate", body.ToJsonString());
        validated.Status.ShouldBe(HttpStatusCode.OK, validated.Body.ToString());
        validated.Body.GetProperty("errors").GetArrayLength().ShouldBe(0);
        validated.Body.GetProperty("next_runs").GetArrayLength().ShouldBe(kind == "scheduled" ? 10 : 0);

        body.Remove("from");
        body["name"] = $"warned-{Guid.NewGuid():N}";
        var created = await SendAsync(HttpMethod.Post, "/scripts", body.ToJsonString());
        created.Status.ShouldBe(HttpStatusCode.Created, created.Body.ToString());
        Warnings(created).ShouldBe(Warnings(validated));
        if (warning is null) Warnings(created).ShouldBeEmpty();
        else Warnings(created).ShouldContain(text => text.Contains(warning, StringComparison.Ordinal));
    }

    [Fact(Timeout = Patience)]
    public async Task A_cron_expression_that_is_wrong_is_refused_with_the_column_of_its_field()
    {
        var refused = await SendAsync(HttpMethod.Post, "/scripts", """{"name":"mistimed","kind":"scheduled","source":"return 1;","trigger":{"cron":"0 0 1 13 *"}}""");
        refused.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var error = refused.Body.GetProperty("errors")[0];
        error.GetProperty("field").GetString().ShouldBe("trigger.cron");
        error.GetProperty("line").GetInt32().ShouldBe(1);
        error.GetProperty("column").GetInt32().ShouldBe(7);
    }

    private static string[] Warnings(Answer answer) => [.. answer.Body.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)];

    private async Task<string> TokenAsync(params string[] permissions)
    {
        var body = new JsonObject { ["name"] = string.Join(' ', permissions), ["permissions"] = new JsonArray([.. permissions.Select(permission => (JsonNode)permission)]) };
        return (await SendAsync(HttpMethod.Post, "/tokens", body.ToJsonString())).Body.GetProperty("token").GetString()!;
    }

    private async Task<Answer> SendAsync(HttpMethod method, string path, string? json = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1{path}");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token ?? Product.Env["SANDBOX_TOKEN"]}");
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await Product.Admin.SendAsync(request, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        return new Answer(response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone());
    }

    private sealed record Answer(HttpStatusCode Status, JsonElement Body)
    {
        public void ShouldBeRefusedFor(string permission)
        {
            Status.ShouldBe(HttpStatusCode.Forbidden, Body.ToString());
            Body.GetProperty("code").GetString().ShouldBe("NOT_ALLOWED");
            Body.GetProperty("detail").GetString()!.ShouldContain(permission);
        }
    }
}
