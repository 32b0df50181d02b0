using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Scripts;

/// <summary>Examples over REST: what is kept, who may keep it, and what running them says.</summary>
public sealed class ExampleTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>
{
    private const int Patience = 120_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task An_example_is_kept_as_it_came_replaced_and_removed()
    {
        var tenant = await TenantAsync();
        var script = await tenant.CreateScriptAsync("price", "embedded", "return 1;");

        var made = await PutAsync(tenant, "price", "one", """{"input":{"n":1.10},"status":"completed","output":[12345678901234567890]}""", HttpStatusCode.Created);
        var listed = await ListAsync(tenant, "price");
        await PutAsync(tenant, script.GetProperty("id").GetString()!, "one", """{"input":null}""");
        var replaced = await ListAsync(tenant, "price");
        using var removed = await tenant.SendAsync(HttpMethod.Delete, "/scripts/price/examples/one");
        using var again = await tenant.SendAsync(HttpMethod.Delete, "/scripts/price/examples/one");

        made.GetProperty("input").GetRawText().ShouldBe("""{"n":1.10}""");
        listed.ShouldHaveSingleItem().GetProperty("output").GetRawText().ShouldBe("[12345678901234567890]");
        listed[0].GetProperty("status").GetString().ShouldBe("completed");
        var left = replaced.ShouldHaveSingleItem();
        left.GetProperty("input").ValueKind.ShouldBe(JsonValueKind.Null);
        left.GetProperty("status").ValueKind.ShouldBe(JsonValueKind.Null);
        (removed.StatusCode, again.StatusCode).ShouldBe((HttpStatusCode.NoContent, HttpStatusCode.NotFound));
        (await ListAsync(tenant, "price")).ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task What_is_no_example_is_refused_by_its_field()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("price", "embedded", "return 1;");
        (string Name, string Body, string Field)[] refusals =
        [
            ("No-Name", "{}", "name"),
            ("one", """{"status":"running"}""", "status"),
            ("one", """{"output":1}""", "status"),
            ("one", """{"code":"TIMEOUT"}""", "status"),
            ("one", """{"request":{}}""", "request"),
            ("one", """{"inputs":1}""", "inputs"),
        ];

        foreach (var (name, body, field) in refusals)
        {
            var problem = await PutAsync(tenant, "price", name, body, HttpStatusCode.UnprocessableEntity);
            problem.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field, body);
        }

        (await ListAsync(tenant, "price")).ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task What_no_execution_could_take_or_give_is_too_large()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("price", "embedded", "return 1;");
        using var small = await tenant.SendAsync(HttpMethod.Patch, "/scripts/price", JsonNode.Parse("""{"limits":{"output_bytes":1024}}"""));
        small.StatusCode.ShouldBe(HttpStatusCode.OK);
        var text = new string('x', 1023);

        foreach (var body in (string[])[$$"""{"input":"{{text}}"}""", $$"""{"status":"completed","output":"{{text}}"}"""])
            (await PutAsync(tenant, "price", "one", body, HttpStatusCode.RequestEntityTooLarge)).GetProperty("code").GetString().ShouldBe("INPUT_TOO_LARGE");
        await PutAsync(tenant, "price", "one", $$"""{"input":"{{text[1..]}}"}""", HttpStatusCode.Created);
    }

    [Fact(Timeout = Patience)]
    public async Task A_script_has_fifty_examples_at_most_and_each_of_them_can_still_be_replaced()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("price", "embedded", "return 1;");
        for (var i = 0; i < 50; i++) await PutAsync(tenant, "price", $"example-{i}", "{}", HttpStatusCode.Created);

        var refused = await PutAsync(tenant, "price", "one-more", "{}", HttpStatusCode.Conflict);

        refused.GetProperty("code").GetString().ShouldBe("QUOTA_EXCEEDED");
        await PutAsync(tenant, "price", "example-7", """{"input":7}""");
    }

    [Fact(Timeout = Patience)]
    public async Task Running_says_whose_result_is_another_by_value_not_by_text()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("price", "embedded", "if (context.input === null) throw new Error('no input'); return { a: 1, b: [context.input] };");
        await PutAsync(tenant, "price", "fails", """{"status":"failed","code":"SCRIPT_ERROR"}""", HttpStatusCode.Created);
        await PutAsync(tenant, "price", "not-kept", """{"input":0}""", HttpStatusCode.Created);
        await PutAsync(tenant, "price", "other", """{"input":2,"status":"completed","output":{"a":1,"b":[3]}}""", HttpStatusCode.Created);
        await PutAsync(tenant, "price", "same", """{"input":2,"status":"completed","output":{"b":[2.0],"a":1}}""", HttpStatusCode.Created);

        var live = await RunAsync(tenant, "price", "{}");
        var unsaved = await RunAsync(tenant, "price", """{"source":"return { a: 1, b: [3] };"}""");

        Names(live, changed: true).ShouldBe(["other"], JsonSerializer.Serialize(live));
        Names(unsaved, changed: true).ShouldBe(["fails", "same"], ignoreOrder: true);
        live.Select(item => item.GetProperty("name").GetString()).ShouldBe(["fails", "not-kept", "other", "same"]);
        live[0].GetProperty("message").GetString().ShouldBe("no input");
        live[1].GetProperty("was").ValueKind.ShouldBe(JsonValueKind.Null);
        live[2].GetProperty("was").GetProperty("output").GetRawText().ShouldBe("""{"a":1,"b":[3]}""");
        live[2].GetProperty("output").GetRawText().ShouldBe("""{"a":1,"b":[2]}""");
        var execution = await tenant.GetAsync($"/executions/{live[2].GetProperty("execution_id").GetString()}");
        execution.GetProperty("cause").GetProperty("kind").GetString().ShouldBe("dry_run");
        execution.GetProperty("version").GetInt32().ShouldBe(0);
    }

    [Fact(Timeout = Patience)]
    public async Task Without_a_source_it_is_the_callers_draft_that_runs_with_its_input_schema()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("price", "embedded", "return 'live';");
        await PutAsync(tenant, "price", "number", """{"input":1,"status":"completed","output":"live"}""", HttpStatusCode.Created);
        await PutAsync(tenant, "price", "text", """{"input":"x","status":"completed","output":"live"}""", HttpStatusCode.Created);
        using var drafted = await tenant.SendAsync(
            HttpMethod.Put, "/scripts/price/draft", JsonNode.Parse("""{"base_version":1,"source":"return 'draft';","input_schema":{"type":"integer"}}"""));
        drafted.StatusCode.ShouldBe(HttpStatusCode.OK);

        var checks = await RunAsync(tenant, "price", "{}");

        checks[0].GetProperty("output").GetString().ShouldBe("draft");
        checks[1].GetProperty("code").GetString().ShouldBe("INVALID_INPUT");
        Names(checks, changed: true).ShouldBe(["number", "text"]);
    }

    [Fact(Timeout = Patience)]
    public async Task An_http_scripts_example_has_its_request_and_one_that_cannot_run_says_why()
    {
        var tenant = await TenantAsync();
        using var made = await tenant.SendAsync(
            HttpMethod.Post, "/scripts", JsonNode.Parse("""{"name":"page","kind":"http","trigger":{"path":"/page"},"source":"return context.trigger.httpRequest.query.q;"}"""));
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        await PutAsync(tenant, "page", "asked", """{"request":{"query":{"q":"x"}}}""", HttpStatusCode.Created);
        await PutAsync(tenant, "page", "wrong", """{"request":{"method":7},"status":"completed"}""", HttpStatusCode.Created);

        var checks = await RunAsync(tenant, "page", "{}");

        checks[0].GetProperty("output").GetProperty("body").GetString().ShouldBe("x");
        checks[1].GetProperty("not_run").GetString().ShouldBe("request.method must be a string");
        checks[1].GetProperty("changed").GetBoolean().ShouldBeFalse();
    }

    [Fact(Timeout = Patience)]
    public async Task A_source_that_no_script_could_have_is_refused_as_a_whole()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("price", "embedded", "return 1;");
        await PutAsync(tenant, "price", "one", "{}", HttpStatusCode.Created);

        using var response = await tenant.SendAsync(HttpMethod.Post, "/scripts/price/examples/run", JsonNode.Parse("""{"uses":{}}"""));
        using var limits = await tenant.SendAsync(HttpMethod.Post, "/scripts/price/examples/run", JsonNode.Parse("""{"source":"return 1;","limits":{"calls":-1}}"""));

        var missing = await RunningProduct.ExpectAsync(response, HttpStatusCode.UnprocessableEntity);
        missing.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("source");
        var wrong = await RunningProduct.ExpectAsync(limits, HttpStatusCode.UnprocessableEntity);
        wrong.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("limits.calls");
    }

    [Fact(Timeout = Patience)]
    public async Task Another_tenants_script_and_a_missing_one_look_the_same_and_a_removed_script_takes_its_examples_along()
    {
        var (tenant, other) = (await TenantAsync(), await TenantAsync());
        var script = await tenant.CreateScriptAsync("price", "embedded", "return 1;");
        await PutAsync(tenant, "price", "one", "{}", HttpStatusCode.Created);
        var id = script.GetProperty("id").GetString();

        using var theirs = await other.SendAsync(HttpMethod.Get, $"/scripts/{id}/examples");
        using var none = await other.SendAsync(HttpMethod.Get, $"/scripts/{Guid.NewGuid()}/examples");
        using var removed = await tenant.SendAsync(HttpMethod.Delete, "/scripts/price");
        await tenant.CreateScriptAsync("price", "embedded", "return 2;");

        (theirs.StatusCode, none.StatusCode, removed.StatusCode).ShouldBe((HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NoContent));
        (await ListAsync(tenant, "price")).ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task What_is_kept_is_audited_without_its_payload()
    {
        var tenant = await TenantAsync();
        await tenant.CreateScriptAsync("price", "embedded", "return 1;");

        await PutAsync(tenant, "price", "one", """{"input":"a person","status":"completed","output":"an answer"}""", HttpStatusCode.Created);

        var entry = (await tenant.GetAsync("/audit?action=examples.put&outcome=done")).GetProperty("items")[0];
        entry.GetRawText().ShouldContain("\"one\"");
        entry.GetRawText().ShouldNotContain("a person");
        entry.GetRawText().ShouldNotContain("an answer");
    }

    private static IEnumerable<string?> Names(IReadOnlyList<JsonElement> checks, bool changed) =>
        checks.Where(check => check.GetProperty("changed").GetBoolean() == changed).Select(check => check.GetProperty("name").GetString());

    private Task<RunningProduct.Tenant> TenantAsync() => fixture.Product.CreateTenantAsync($"example-{Guid.NewGuid():n}"[..24]);

    private static async Task<IReadOnlyList<JsonElement>> ListAsync(RunningProduct.Tenant tenant, string script) =>
        [.. (await tenant.GetAsync($"/scripts/{script}/examples")).GetProperty("items").EnumerateArray()];

    private static async Task<IReadOnlyList<JsonElement>> RunAsync(RunningProduct.Tenant tenant, string script, string json)
    {
        using var response = await tenant.SendAsync(HttpMethod.Post, $"/scripts/{script}/examples/run", JsonNode.Parse(json));
        return [.. (await RunningProduct.ExpectAsync(response, HttpStatusCode.OK)).GetProperty("items").EnumerateArray()];
    }

    private async Task<JsonElement> PutAsync(
        RunningProduct.Tenant tenant, string script, string name, string json, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var request = tenant.Request(HttpMethod.Put, $"/scripts/{script}/examples/{name}");
        request.Content = new StringContent(json, new MediaTypeHeaderValue("application/json"));
        using var response = await fixture.Product.Admin.SendAsync(request, Stop);
        return await RunningProduct.ExpectAsync(response, status);
    }
}
