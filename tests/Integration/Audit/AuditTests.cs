using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Audit;

/// <summary>What the audit of a running product holds after requests, and what it never does.</summary>
public sealed class AuditTests(AuditedProduct rig) : IClassFixture<AuditedProduct>, IAsyncLifetime
{
    private const int Patience = 120_000;
    private RunningProduct.Tenant _tenant = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _tenant = await rig.Product.CreateTenantAsync($"t{Guid.NewGuid():N}");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact(Timeout = Patience)]
    public async Task A_scripts_life_is_there_with_what_changed_and_its_source_by_version_and_hash()
    {
        var script = await _tenant.CreateScriptAsync("price", "embedded", "return 1");
        await SendAsync(HttpMethod.Patch, "/scripts/price", """{"description":"of a cart"}""");
        await SendAsync(HttpMethod.Patch, "/scripts/price", """{"source":"return 2"}""");
        await SendAsync(HttpMethod.Post, "/scripts/price/rollback", """{"version":1}""");
        await SendAsync(HttpMethod.Delete, "/scripts/price", null, HttpStatusCode.NoContent);

        var entries = await ListAsync("?action=scripts.*");

        entries.Select(Action).ShouldBe(["scripts.delete", "scripts.rollback", "scripts.publish", "scripts.update", "scripts.create"]);
        entries.Select(entry => entry.GetProperty("target").GetProperty("name").GetString()).Distinct().ShouldBe(["price"]);
        entries.Select(entry => entry.GetProperty("target").GetProperty("id").GetString()).Distinct()
            .ShouldBe([script.GetProperty("id").GetString()]);
        entries.Select(entry => entry.GetProperty("outcome").GetString()).Distinct().ShouldBe(["done"]);
        var (delete, publish, update, create) = (entries[0], entries[2], entries[3], entries[4]);
        update.GetProperty("before").GetRawText().ShouldBe("""{"description":null}""");
        update.GetProperty("after").GetRawText().ShouldBe("""{"description":"of a cart"}""");
        publish.GetProperty("before").GetProperty("version").GetInt32().ShouldBe(1);
        publish.GetProperty("after").GetProperty("version").GetInt32().ShouldBe(2);
        publish.GetProperty("after").GetProperty("source").GetRawText().ShouldBe($$"""{"sha256":"{{Sha256("return 2")}}","bytes":8}""");
        create.GetProperty("before").ValueKind.ShouldBe(JsonValueKind.Null);
        create.GetProperty("after").GetProperty("kind").GetString().ShouldBe("embedded");
        delete.GetProperty("before").GetProperty("description").GetString().ShouldBe("of a cart");
        delete.GetProperty("after").ValueKind.ShouldBe(JsonValueKind.Null);
        create.GetProperty("actor").GetProperty("kind").GetString().ShouldBe("token");
        var request = create.GetProperty("request");
        request.GetProperty("method").GetString().ShouldBe("POST");
        request.GetProperty("route").GetString().ShouldBe("/api/v1/scripts");
        request.GetProperty("remote_address").GetString().ShouldNotBeNull().ShouldContain("127.0.0.1");
    }

    [Fact(Timeout = Patience)]
    public async Task No_secret_that_was_written_is_in_any_column()
    {
        const string secret = "correct-horse-battery";
        await SendAsync(HttpMethod.Put, "/secrets/crm", $$"""{"value":"{{secret}}"}""", HttpStatusCode.Created);
        await SendAsync(
            HttpMethod.Put,
            "/connections/crm",
            $$"""{"type":"header","hosts":["api.example.com"],"header":"X-Key","value":"{{secret}}"}""",
            HttpStatusCode.Created);
        await SendAsync(
            HttpMethod.Put,
            "/settings/email",
            $$"""{"host":"smtp.example.com","port":587,"username":"u","password":"{{secret}}","from_address":"a@example.com"}""");
        await SendAsync(
            HttpMethod.Put,
            "/alerts/channels/ops",
            $$"""{"type":"slack","url":"https://hooks.slack.com/services/{{secret}}"}""",
            HttpStatusCode.Created);
        var hook = await SendAsync(
            HttpMethod.Put, "/alerts/channels/hook", """{"type":"webhook","url":"https://example.com/hook"}""", HttpStatusCode.Created);
        var token = await SendAsync(HttpMethod.Post, "/tokens", """{"name":"ci","permissions":["scripts.read"]}""", HttpStatusCode.Created);

        var entries = await ListAsync("");

        entries.Select(Action).ShouldBe(
            ["tokens.create", "alert_channels.put", "alert_channels.put", "email.put", "connections.put", "secrets.put", "tenants.create"]);
        entries[0].GetProperty("after").GetRawText().ShouldBe("""{"name":"ci","permissions":["scripts.read"],"expires_at":null}""");
        entries[4].GetProperty("after").GetProperty("hosts").GetRawText().ShouldBe("""["api.example.com"]""");
        entries[5].GetProperty("after").GetRawText().ShouldBe("""{"name":"crm","value":"set"}""");
        foreach (var written in new[] { secret, hook.GetProperty("secret").GetString()!, token.GetProperty("token").GetString()! })
            (await rig.CountAsync($"position('{written[6..]}' in row_to_json(a)::text) > 0")).ShouldBe(0);
    }

    [Fact(Timeout = Patience)]
    public async Task What_a_token_was_refused_is_there_with_what_it_tried()
    {
        var token = await TokenAsync("viewer", "scripts.read");
        await _tenant.CreateScriptAsync("price", "embedded", "return 1");

        using (var refused = await rig.Product.SendAsync(HttpMethod.Delete, "/api/v1/scripts/price", token, null, null, Stop))
            refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using (var read = await rig.Product.SendAsync(HttpMethod.Get, "/api/v1/secrets", token, null, null, Stop))
            read.StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        var entries = await ListAsync("?outcome=refused");
        entries.Select(Action).ShouldBe(["secrets.manage", "scripts.delete"]);
        entries[1].GetProperty("code").GetString().ShouldBe("NOT_ALLOWED");
        entries[1].GetProperty("actor").GetProperty("name").GetString().ShouldBe("viewer");
        entries[1].GetProperty("target").GetProperty("name").GetString().ShouldBe("price");
        (await ListAsync("?actor=viewer")).Count.ShouldBe(2);
    }

    [Fact(Timeout = Patience)]
    public async Task A_request_without_a_valid_token_leaves_no_entry()
    {
        var before = await rig.CountAsync("true");
        using var unknown = await rig.Product.SendAsync(HttpMethod.Delete, "/api/v1/scripts/price", "sbx_nobody", _tenant.Slug, null, Stop);
        unknown.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await rig.CountAsync("true")).ShouldBe(before);
    }

    [Fact(Timeout = Patience)]
    public async Task A_tenant_sees_what_was_done_to_it_and_nothing_of_another()
    {
        var other = await rig.Product.CreateTenantAsync($"t{Guid.NewGuid():N}");
        await SendSuperadminAsync(HttpMethod.Post, $"/tenants/{other.Slug}/suspend");
        var theirs = (await ListAsync("", other))[0];

        Action(theirs).ShouldBe("tenants.suspend");
        theirs.GetProperty("before").GetRawText().ShouldBe("""{"suspended":false}""");
        theirs.GetProperty("after").GetRawText().ShouldBe("""{"suspended":true}""");
        (await ListAsync("")).Select(Action).ShouldBe(["tenants.create"]);
        var id = theirs.GetProperty("id").GetString();
        using var hidden = await _tenant.SendAsync(HttpMethod.Get, $"/audit/{id}", null, Stop);
        hidden.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.GetAsync($"/audit/{id}")).GetRawText().ShouldBe(theirs.GetRawText());
    }

    [Fact(Timeout = Patience)]
    public async Task The_removal_of_a_tenant_outlives_it_for_superadmins()
    {
        using (var gone = await rig.Product.SendAsync(
            HttpMethod.Delete, $"/api/v1/tenants/{_tenant.Slug}?confirm={_tenant.Slug}", rig.Superadmin, null, null, Stop))
            gone.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var all = await SendSuperadminAsync(HttpMethod.Get, $"/superadmin-audit?target={_tenant.Slug}");

        all.GetProperty("items").EnumerateArray().Select(Action).ShouldBe(["tenants.delete", "tenants.create"]);
    }

    [Fact(Timeout = Patience)]
    public async Task A_repeated_key_is_one_entry()
    {
        for (var i = 0; i < 2; i++)
        {
            using var request = _tenant.Request(HttpMethod.Post, "/scripts");
            request.Headers.Add("Idempotency-Key", "once");
            request.Content = Json("""{"name":"price","kind":"embedded","source":"return 1"}""");
            using var made = await _tenant.SendAsync(request, Stop);
            made.StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        (await ListAsync("?action=scripts.create")).Count.ShouldBe(1);
    }

    [Fact(Timeout = Patience)]
    public async Task A_replay_with_another_input_says_so_with_the_inputs_hash_and_not_the_input()
    {
        const string input = """{"n":"a-changed-input"}""";
        await _tenant.CreateScriptAsync("price", "embedded", "return input");
        var id = (await _tenant.InvokeAsync("price", new JsonObject { ["n"] = 1 })).GetProperty("id").GetString();
        var made = await SendAsync(HttpMethod.Post, $"/executions/{id}/replay", $$"""{"input":{{input}}}""", HttpStatusCode.Accepted);

        var entries = await ListAsync("");

        entries.Select(Action).ShouldBe(["executions.replay", "scripts.create", "tenants.create"]);
        var entry = entries[0];
        entry.GetProperty("target").GetProperty("id").GetString().ShouldBe(id);
        entry.GetProperty("execution_id").GetString().ShouldBe(made.GetProperty("id").GetString());
        entry.GetProperty("after").GetProperty("changed_input").GetBoolean().ShouldBeTrue();
        entry.GetProperty("after").GetProperty("input").GetRawText()
            .ShouldBe($$"""{"sha256":"{{Sha256(input)}}","bytes":{{input.Length}}}""");
        entry.GetRawText().ShouldNotContain("a-changed-input");
    }

    [Fact(Timeout = Patience)]
    public async Task A_request_that_failed_is_there_with_its_code()
    {
        await SendAsync(
            HttpMethod.Post, "/scripts", """{"name":"A","kind":"embedded","source":"return 1"}""", HttpStatusCode.UnprocessableEntity);
        await SendAsync(HttpMethod.Delete, "/scripts/nothing-here", null, HttpStatusCode.NotFound);

        var entries = await ListAsync("?outcome=failed");

        entries.Select(Action).ShouldBe(["scripts.delete", "scripts.create"]);
        entries[0].GetProperty("code").GetString().ShouldBe("NOT_FOUND");
        entries[0].GetProperty("target").GetProperty("name").GetString().ShouldBe("nothing-here");
        entries[1].GetProperty("after").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory(Timeout = Patience)]
    [InlineData("\\u0000", 1)]
    [InlineData("\\ud800", 1)]
    [InlineData("x", 200_000)]
    public async Task Odd_text_does_no_harm(string text, int times)
    {
        var odd = string.Concat(Enumerable.Repeat(text, times));
        foreach (var (path, body) in new[]
        {
            ("/scripts", $$"""{"name":"price","kind":"embedded","source":"return 1","description":"{{odd}}"}"""),
            ("/scripts", $$"""{"name":"{{odd}}","kind":"embedded","source":"return 1"}"""),
            ("/tokens", $$"""{"name":"{{odd}}","permissions":["scripts.read"]}"""),
            ("/executions/cancel", $$"""{"text":"{{odd}}"}"""),
            ($"/executions/{Guid.NewGuid()}/replay", $$"""{"input":"{{odd}}"}"""),
        })
        {
            using var request = _tenant.Request(HttpMethod.Post, path);
            request.Content = Json(body);
            using var response = await _tenant.SendAsync(request, Stop);
            ((int)response.StatusCode).ShouldBeLessThan(500, path);
        }

        (await ListAsync("")).Count.ShouldBe(6);
        (await rig.CountAsync("octet_length(row_to_json(a)::text) > 40000")).ShouldBe(0);
    }

    [Theory(Timeout = Patience)]
    [InlineData("actor=%00", "actor")]
    [InlineData("outcome=maybe", "outcome")]
    [InlineData("from=yesterday", "from")]
    [InlineData("acton=x", "acton")]
    [InlineData("cursor=none", "cursor")]
    public async Task A_filter_that_cannot_be_read_is_named(string query, string field)
    {
        using var response = await _tenant.SendAsync(HttpMethod.Get, $"/audit?{query}", null, Stop);
        var problem = await RunningProduct.ExpectAsync(response, HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);
    }

    [Fact(Timeout = Patience)]
    public async Task Pages_follow_each_other_without_a_gap()
    {
        for (var i = 0; i < 3; i++) await _tenant.CreateScriptAsync($"price-{i}", "embedded", "return 1");
        var first = await _tenant.GetAsync("/audit?limit=2&action=scripts.create");
        var second = await _tenant.GetAsync($"/audit?limit=2&action=scripts.create&cursor={first.GetProperty("next_cursor").GetString()}");

        string?[] names =
        [
            .. new[] { first, second }.SelectMany(page => page.GetProperty("items").EnumerateArray())
                .Select(entry => entry.GetProperty("target").GetProperty("name").GetString()),
        ];
        names.ShouldBe(["price-2", "price-1", "price-0"]);
        second.GetProperty("next_cursor").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    private static string? Action(JsonElement entry) => entry.GetProperty("action").GetString();

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private async Task<IReadOnlyList<JsonElement>> ListAsync(string query, RunningProduct.Tenant? tenant = null) =>
        [.. (await (tenant ?? _tenant).GetAsync($"/audit{query}")).GetProperty("items").EnumerateArray()];

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string? body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var request = _tenant.Request(method, path);
        if (body is not null) request.Content = Json(body);
        using var response = await _tenant.SendAsync(request, Stop);
        return await RunningProduct.ExpectAsync(response, expected);
    }

    private async Task<JsonElement> SendSuperadminAsync(HttpMethod method, string path)
    {
        using var response = await rig.Product.SendAsync(method, $"/api/v1{path}", rig.Superadmin, null, null, Stop);
        return await RunningProduct.ExpectAsync(response, HttpStatusCode.OK);
    }

    private async Task<string> TokenAsync(string name, string permission) =>
        (await SendAsync(HttpMethod.Post, "/tokens", $$"""{"name":"{{name}}","permissions":["{{permission}}"]}""", HttpStatusCode.Created))
            .GetProperty("token").GetString()!;
}
