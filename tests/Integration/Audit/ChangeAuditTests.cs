using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Database;
using Sandbox.Tests.Integration.Product;
using Sandbox.Tests.Integration.Queue;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Audit;

/// <summary>What an entry of the audit says was there before a change, and what was after it.</summary>
public sealed class ChangeAuditTests(AuditedProduct rig) : IClassFixture<AuditedProduct>, IAsyncLifetime
{
    private const int Patience = 120_000;
    private RunningProduct.Tenant _tenant = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _tenant = await rig.Product.CreateTenantAsync($"t{Guid.NewGuid():N}");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact(Timeout = Patience)]
    public async Task An_entitys_change_is_there_with_the_fields_that_differ_and_its_removal_with_all()
    {
        await using (var admin = await rig.AsSuperuserAsync())
        {
            await admin.ExecAsync("""
                create schema shop;
                create table shop.orders (id bigint generated always as identity primary key, tenant_id uuid not null, total numeric);
                grant usage on schema shop to sandbox_data;
                grant select, insert, update, delete on all tables in schema shop to sandbox_data;
                """);
        }

        const string read = """
            {"table":"shop.orders","key":"id","tenant_column":"tenant_id","fields":{"id":{"read":true,"write":false}},"operations":["read"]}
            """;
        var deletes = read.Replace("""["read"]""", """["read","delete"]""", StringComparison.Ordinal);
        await SendAsync(HttpMethod.Put, "/entities/orders", read, HttpStatusCode.Created);
        await SendAsync(HttpMethod.Put, "/entities/orders", deletes, HttpStatusCode.OK);
        await SendAsync(HttpMethod.Delete, "/entities/orders", null, HttpStatusCode.NoContent);

        var (remove, change, open) = await LastThreeAsync("entities.*", ["entities.delete", "entities.put", "entities.put"]);
        (Text(open, "before"), Field(open, "after", "operations"), Field(open, "after", "table"))
            .ShouldBe(("null", """["read"]""", "\"shop.orders\""));
        (Text(change, "before"), Text(change, "after")).ShouldBe(("""{"operations":["read"]}""", """{"operations":["read","delete"]}"""));
        (Field(remove, "before", "operations"), Field(remove, "before", "table"), Text(remove, "after"))
            .ShouldBe(("""["read","delete"]""", "\"shop.orders\"", "null"));
        Target(change).ShouldBe(("entity", "orders"));
    }

    [Fact(Timeout = Patience)]
    public async Task An_alert_rules_change_is_there_with_the_fields_that_differ_and_its_removal_with_all()
    {
        await SendAsync(HttpMethod.Put, "/alerts/rules/nights", """{"on":["failure"],"throttle_s":60}""", HttpStatusCode.Created);
        await SendAsync(HttpMethod.Put, "/alerts/rules/nights", """{"on":["failure","missed"],"throttle_s":90}""", HttpStatusCode.OK);
        await SendAsync(HttpMethod.Delete, "/alerts/rules/nights", null, HttpStatusCode.NoContent);

        var (remove, change, make) = await LastThreeAsync("alert_rules.*", ["alert_rules.delete", "alert_rules.put", "alert_rules.put"]);
        (Text(make, "before"), Field(make, "after", "throttle_s")).ShouldBe(("null", "60"));
        (Text(change, "before"), Text(change, "after")).ShouldBe(
            ("""{"on":["failure"],"throttle_s":60}""", """{"on":["failure","missed"],"throttle_s":90}"""));
        (Field(remove, "before", "on"), Text(remove, "after")).ShouldBe(("""["failure","missed"]""", "null"));
        Target(change).ShouldBe(("alert_rule", "nights"));
    }

    [Fact(Timeout = Patience)]
    public async Task A_dead_letters_replay_is_there_with_its_states_its_script_and_the_execution_that_follows()
    {
        await _tenant.CreateScriptAsync("broken", "oneoff", "throw new Error('no')");
        await _tenant.EnqueueAsync("broken", new JsonObject { ["input"] = "an-input" });
        var letter = (await _tenant.UntilListedAsync("/dead-letters", list => list.Count == 1))[0].GetProperty("id").GetString()!;
        var made = await SendAsync(HttpMethod.Post, $"/dead-letters/{letter}/replay", """{"same_key":true}""", HttpStatusCode.Accepted);

        var entry = (await ListAsync("dead_letters.*")).ShouldHaveSingleItem();
        entry.GetProperty("action").GetString().ShouldBe("dead_letters.replay");
        (Text(entry, "before"), Text(entry, "after")).ShouldBe(("""{"state":"open"}""", """{"state":"replayed","same_key":true}"""));
        Target(entry).ShouldBe(("dead_letter", "broken"));
        entry.GetProperty("target").GetProperty("id").GetString().ShouldBe(letter);
        entry.GetProperty("execution_id").GetString().ShouldBe(made.GetProperty("id").GetString());
        entry.GetRawText().ShouldNotContain("an-input");
    }

    private static string Text(JsonElement entry, string side) => entry.GetProperty(side).GetRawText();

    private static string Field(JsonElement entry, string side, string field) => entry.GetProperty(side).GetProperty(field).GetRawText();

    private static (string? Kind, string? Name) Target(JsonElement entry) =>
        (entry.GetProperty("target").GetProperty("kind").GetString(), entry.GetProperty("target").GetProperty("name").GetString());

    private async Task<(JsonElement Last, JsonElement Second, JsonElement First)> LastThreeAsync(string action, string[] actions)
    {
        var entries = await ListAsync(action);
        entries.Select(entry => entry.GetProperty("action").GetString()).ShouldBe(actions);
        return (entries[0], entries[1], entries[2]);
    }

    private async Task<IReadOnlyList<JsonElement>> ListAsync(string action) =>
        [.. (await _tenant.GetAsync($"/audit?action={action}")).GetProperty("items").EnumerateArray()];

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string? body, HttpStatusCode expected)
    {
        using var response = await _tenant.SendAsync(method, path, body is null ? null : JsonNode.Parse(body), Stop);
        return await RunningProduct.ExpectAsync(response, expected);
    }
}
