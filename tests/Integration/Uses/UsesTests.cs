using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;
using Sandbox.Tests.Integration.Broker;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Uses;

/// <summary>What a version may use, through the whole product: the broker, writes, validation and differences.</summary>
public sealed class UsesTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>, IAsyncLifetime
{
    private const int Minute = 60_000;

    private const string Goods =
        """{"table":"demo.products","key":"sku","fields":{"sku":{"read":true,"write":false}},"operations":["read"]}""";

    private SdkTenant _tenant = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _tenant = await SdkTenant.NewAsync(fixture.Product);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact(Timeout = Minute)]
    public async Task An_entity_is_read_by_right_alone()
    {
        await SendAsync(HttpMethod.Put, "/entities/goods", Goods, HttpStatusCode.Created);
        const string source = "return await sdk.db.count(context.input);";

        (await _tenant.OutputAsync("return await sdk.db.count('goods') > 0;")).ShouldBe("true");
        (await _tenant.OutputAsync(source + "// goods", "goods", """{"entities":{"goods":["read"]}}""")).ShouldNotBe("0");
        Refusal(await _tenant.RunAsync(source, "goods", uses: """{"entities":{"other":["read"]}}""")).ShouldContain("declare uses.entities.goods: ['read']");
        Refusal(await _tenant.RunAsync(source, "goods", uses: """{"entities":{"goods":["write"]}}""")).ShouldContain("declare uses.entities.goods: ['read', 'write']");
        Refusal(await _tenant.RunAsync("await sdk.db.insert('goods', {});", uses: """{"entities":{"goods":["read"]}}""")).ShouldContain("may not write goods");
        (await _tenant.OutputAsync("return (await sdk.db.entities()).map(one => one.name);", uses: "{}")).ShouldBe("""["goods"]""");
    }

    [Fact(Timeout = Minute)]
    public async Task A_transaction_gives_no_right_that_the_version_lacks()
    {
        await SendAsync(HttpMethod.Put, "/entities/goods", Goods, HttpStatusCode.Created);
        const string source = "return await sdk.db.transaction(async tx => await tx.count(context.input) > 0);";

        (await _tenant.OutputAsync(source, "goods", """{"entities":{"*":["read"]}}""")).ShouldBe("true");
        Refusal(await _tenant.RunAsync(source, "goods", uses: "{}")).ShouldContain("declare uses.entities.goods: ['read']");
    }

    [Fact(Timeout = Minute)]
    public async Task A_secret_is_read_by_right_alone()
    {
        await SendAsync(HttpMethod.Put, "/secrets/crm", """{"value":"hunter2!"}""", HttpStatusCode.Created);
        const string source = "return (await sdk.secrets.get(context.input)).length;";

        (await _tenant.OutputAsync("return (await sdk.secrets.get('crm')).length;")).ShouldBe("8");
        (await _tenant.OutputAsync(source, "crm", """{"secrets":["crm"]}""")).ShouldBe("8");
        Refusal(await _tenant.RunAsync(source, "crm", uses: """{"secrets":["other"]}""")).ShouldContain("declare uses.secrets: ['crm']");
        Refusal(await _tenant.RunAsync("return (await sdk.secrets.get('crm')).length;", uses: "{}")).ShouldContain("declare uses.secrets: ['crm']");
    }

    [Fact(Timeout = Minute)]
    public async Task A_script_is_invoked_by_right_alone_and_has_its_own_rights()
    {
        await SendAsync(HttpMethod.Put, "/secrets/crm", """{"value":"hunter2!"}""", HttpStatusCode.Created);
        var child = await _tenant.ScriptAsync("return (await sdk.secrets.get('crm')).length;");
        const string source = "return await sdk.scripts.invoke(context.input);";

        (await _tenant.OutputAsync(source, child, $$"""{"scripts":["{{child}}"]}""")).ShouldBe("8");
        Refusal(await _tenant.RunAsync(source, child, uses: """{"secrets":["*"]}""")).ShouldContain($"declare uses.scripts: ['{child}']");
        (await _tenant.Rest.GetAsync($"/executions?script={child}")).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact(Timeout = Minute)]
    public async Task A_new_version_has_its_own_rights_at_once()
    {
        await SendAsync(HttpMethod.Put, "/secrets/crm", """{"value":"hunter2!"}""", HttpStatusCode.Created);
        var script = await _tenant.ScriptAsync("return (await sdk.secrets.get(context.input)).length;", uses: """{"secrets":["crm"]}""");
        (await _tenant.InvokeAsync(script, "crm")).ShouldBe("8");

        await SendAsync(HttpMethod.Patch, $"/scripts/{script}", """{"uses":{}}""", HttpStatusCode.OK);
        Refusal(await _tenant.Rest.InvokeAsync(script, "crm")).ShouldContain("secrets");

        await SendAsync(HttpMethod.Post, $"/scripts/{script}/rollback", """{"version":1}""", HttpStatusCode.OK);
        (await _tenant.InvokeAsync(script, "crm")).ShouldBe("8");
    }

    [Theory(Timeout = Minute)]
    [InlineData("const name = context.input;\nreturn await sdk.db.find(name);", 2, 26)]
    [InlineData("return await sdk.secrets.get(context.input);", 1, 30)]
    public async Task A_computed_name_is_refused_where_nothing_is_declared_and_validation_points_at_it(string source, int line, int column)
    {
        var body = new JsonObject { ["name"] = "computed", ["kind"] = "embedded", ["source"] = source };
        var refused = await SendAsync(HttpMethod.Post, "/scripts", body.ToJsonString(), HttpStatusCode.UnprocessableEntity);
        ShouldPointAt(refused.GetProperty("errors"), line, column);
        var validated = await SendAsync(HttpMethod.Post, "/scripts/validate", body.ToJsonString().Replace("\"name\":\"computed\",", "", StringComparison.Ordinal), HttpStatusCode.OK);
        ShouldPointAt(validated.GetProperty("errors"), line, column);

        body["uses"] = new JsonObject();
        await SendAsync(HttpMethod.Post, "/scripts", body.ToJsonString(), HttpStatusCode.Created);
        await SendAsync(HttpMethod.Patch, "/scripts/computed", """{"title":"T"}""", HttpStatusCode.OK);
        ShouldPointAt((await SendAsync(HttpMethod.Patch, "/scripts/computed", """{"uses":null}""", HttpStatusCode.UnprocessableEntity)).GetProperty("errors"), line, column);
    }

    [Fact(Timeout = Minute)]
    public async Task A_source_that_hands_the_sdk_on_is_saved_with_a_warning_and_held_to_what_was_seen()
    {
        const string source = "const cached = (s) => s.cache.get('k');\nconst reads = (s) => s.secrets.get('crm');\nreturn context.input ? reads(sdk) : cached(sdk);";
        var body = new JsonObject { ["name"] = "hands-on", ["kind"] = "embedded", ["source"] = source };

        var warnings = (await SendAsync(HttpMethod.Post, "/scripts", body.ToJsonString(), HttpStatusCode.Created)).GetProperty("warnings");

        warnings.EnumerateArray().ShouldAllBe(warning => warning.GetString()!.StartsWith("line 3: sdk is handed on here", StringComparison.Ordinal));
        warnings.GetArrayLength().ShouldBe(2);
        (await _tenant.InvokeAsync("hands-on")).ShouldBe("null");
        Refusal(await _tenant.Rest.InvokeAsync("hands-on", true)).ShouldContain("secrets");
    }

    [Fact(Timeout = Minute)]
    public async Task A_source_that_the_parser_cannot_read_is_saved_with_declared_rights_alone()
    {
        // V8 reads it; the supervisor gives up to work out a name that doubles sixty times.
        var doubled = string.Join(' ', Enumerable.Range(0, 60).Select(n => $"const n{n} = n{n + 1} + n{n + 1};"));
        var source = $"if (context.input) {{ {doubled} const n60 = ''; await sdk.secrets.get(n0); }}";
        var body = new JsonObject { ["name"] = "nested", ["kind"] = "embedded", ["source"] = source };

        var error = (await SendAsync(HttpMethod.Post, "/scripts", body.ToJsonString(), HttpStatusCode.UnprocessableEntity)).GetProperty("errors")[0];

        error.GetProperty("field").GetString().ShouldBe("uses");
        error.GetProperty("message").GetString()!.ShouldContain("cannot be read from it");
        body["uses"] = JsonNode.Parse("""{"secrets":["crm"]}""");
        await SendAsync(HttpMethod.Post, "/scripts", body.ToJsonString(), HttpStatusCode.Created);
    }

    [Fact(Timeout = Minute)]
    public async Task Validation_shows_what_the_source_uses_and_warns_of_what_it_does_not()
    {
        const string source = "await sdk.events.publish('order.item.paid', {}); return sdk.db.find('orders');";
        var plain = await ValidateAsync(new JsonObject { ["kind"] = "embedded", ["source"] = source, ["uses"] = null });
        var declared = await ValidateAsync(new JsonObject { ["kind"] = "embedded", ["source"] = source, ["uses"] = JsonNode.Parse("""{"entities":{"orders":["read","write"]},"events":["order.*"]}""") });
        var wrong = await ValidateAsync(new JsonObject { ["kind"] = "embedded", ["source"] = source, ["uses"] = JsonNode.Parse("""{"entities":{"orders":["all"]}}""") });

        plain.GetProperty("errors").GetArrayLength().ShouldBe(0);
        plain.GetProperty("uses").GetRawText().ShouldBe("""{"entities":{"orders":["read"]},"events":["order.item.paid"]}""");
        declared.GetProperty("warnings").GetRawText().ShouldContain("uses.entities.orders: ['write']".Replace("'", "\\u0027", StringComparison.Ordinal));
        declared.GetProperty("warnings").GetArrayLength().ShouldBe(1);
        wrong.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("uses.entities.orders[0]");
        (await ValidateAsync(new JsonObject { ["kind"] = "embedded" })).GetProperty("uses").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact(Timeout = Minute)]
    public async Task A_write_warns_of_rights_that_the_source_does_not_use()
    {
        var made = await _tenant.Rest.CreateScriptAsync("wide", "embedded", "return 1;", uses: """{"email":true}""");

        made.GetProperty("warnings").EnumerateArray().ShouldHaveSingleItem().GetString().ShouldBe("uses.email: true is declared, and the source does not use it");
        made.GetProperty("uses").GetRawText().ShouldBe("""{"email":true}""");
    }

    [Fact(Timeout = Minute)]
    public async Task Inferred_rights_need_publish_as_much_as_declared_ones()
    {
        var creator = await TokenAsync(Permissions.ScriptsCreate, Permissions.ScriptsUpdate);

        (await CreateAsync("return sdk.db.find('orders');", null, creator)).ShouldBe(HttpStatusCode.Forbidden);
        (await CreateAsync("return 1;", """{"email":true}""", creator)).ShouldBe(HttpStatusCode.Forbidden);
        (await CreateAsync("return sdk.db.find('orders');", "{}", creator)).ShouldBe(HttpStatusCode.Created);
        (await CreateAsync("return sdk.cache.get('k');", null, creator)).ShouldBe(HttpStatusCode.Created);
        (await CreateAsync("return sdk.db.find('orders');", null, await TokenAsync(Permissions.ScriptsCreate, Permissions.ScriptsPublish))).ShouldBe(HttpStatusCode.Created);
    }

    [Fact(Timeout = Minute)]
    public async Task The_difference_of_two_versions_is_source_and_rights_in_plain_words()
    {
        await _tenant.Rest.CreateScriptAsync("pay", "embedded", "await fetch('https://api.example.com/');\nreturn 1;");
        await SendAsync(HttpMethod.Patch, "/scripts/pay", """{"source":"await sdk.db.insert('payments', {});\nreturn 1;"}""", HttpStatusCode.OK);
        await SendAsync(HttpMethod.Patch, "/scripts/pay", """{"uses":{"secrets":["*"]}}""", HttpStatusCode.OK);

        var second = await _tenant.Rest.GetAsync("/scripts/pay/versions/2/diff");
        var third = await _tenant.Rest.GetAsync("/scripts/pay/versions/3/diff?from=1");

        (second.GetProperty("from").GetInt32(), second.GetProperty("to").GetInt32()).ShouldBe((1, 2));
        second.GetProperty("source").GetString()!.ShouldContain("+await sdk.db.insert('payments', {});");
        second.GetProperty("uses").GetRawText().ShouldBe("""{"added":["may now write payments"],"removed":["may no longer call api.example.com"]}""");
        third.GetProperty("uses").GetRawText().ShouldBe("""{"added":["may now read any secret"],"removed":["may no longer call api.example.com"]}""");
        (await _tenant.Rest.GetAsync("/scripts/pay/versions/1/diff?from=1")).GetProperty("source").GetString().ShouldBe("");
        await SendAsync(HttpMethod.Get, "/scripts/pay/versions/2/diff?from=9", null, HttpStatusCode.NotFound);
        await SendAsync(HttpMethod.Get, "/scripts/pay/versions/1/diff", null, HttpStatusCode.NotFound);
        await SendAsync(HttpMethod.Get, "/scripts/pay/versions/2/diff?from=x", null, HttpStatusCode.UnprocessableEntity);
        await SendAsync(HttpMethod.Get, "/scripts/pay/versions/2/diff?form=1", null, HttpStatusCode.UnprocessableEntity);
    }

    private static void ShouldPointAt(JsonElement errors, int line, int column)
    {
        var error = errors.EnumerateArray().ShouldHaveSingleItem();
        error.GetProperty("field").GetString().ShouldBe("uses");
        (error.GetProperty("line").GetInt32(), error.GetProperty("column").GetInt32()).ShouldBe((line, column));
    }

    /// <summary>The message of an execution that was refused a call.</summary>
    private static string Refusal(JsonElement execution)
    {
        execution.GetProperty("code").GetString().ShouldBe("NOT_ALLOWED", execution.GetRawText());
        return execution.GetProperty("error").GetProperty("message").GetString()!;
    }

    private Task<JsonElement> ValidateAsync(JsonObject body) => SendAsync(HttpMethod.Post, "/scripts/validate", body.ToJsonString(), HttpStatusCode.OK);

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string? json, HttpStatusCode status)
    {
        using var response = await _tenant.Rest.SendAsync(method, path, json is null ? null : JsonNode.Parse(json), Stop);
        return await RunningProduct.ExpectAsync(response, status);
    }

    private async Task<HttpStatusCode> CreateAsync(string source, string? uses, string token)
    {
        var body = new JsonObject { ["name"] = $"s-{Guid.NewGuid():N}", ["kind"] = "embedded", ["source"] = source };
        if (uses is not null) body["uses"] = JsonNode.Parse(uses);
        using var response = await fixture.Product.SendAsync(HttpMethod.Post, "/api/v1/scripts", token, null, body, Stop);
        return response.StatusCode;
    }

    private async Task<string> TokenAsync(params string[] permissions)
    {
        var body = new JsonObject { ["name"] = string.Join(' ', permissions), ["permissions"] = new JsonArray([.. permissions.Select(permission => (JsonNode)permission)]) };
        return (await SendAsync(HttpMethod.Post, "/tokens", body.ToJsonString(), HttpStatusCode.Created)).GetProperty("token").GetString()!;
    }
}
