using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Queue;

/// <summary>Attempts of one piece of work, and causes and effects, are linked both ways.</summary>
public sealed class RelatedExecutionsTests(SharedProduct shared)
{
    private const int Patience = 120_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task Each_attempt_knows_the_others_and_the_one_that_waits()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("related-attempts");
        await tenant.CreateScriptAsync(
            "flaky", "oneoff", "throw new Error('not yet')", retry: new JsonObject { ["attempts"] = 3, ["backoff_ms"] = 1_000, ["factor"] = 100 });
        await tenant.CreateScriptAsync("fine", "oneoff", "return 1");
        var first = await tenant.EnqueueAsync("flaky");
        var waiting = (await tenant.UntilListedAsync("/executions?status=pending", list => list.Count == 1 && list[0].GetProperty("attempt").GetInt32() == 3))[0].GetProperty("id").GetString();
        var second = (await tenant.UntilListedAsync("/executions?status=failed", list => list.Count == 2))[0].GetProperty("id").GetString();

        foreach (var id in (string[])[first, second!, waiting!])
        {
            Attempts(await tenant.GetAsync($"/executions/{id}/related")).ShouldBe([(1, first, "failed"), (2, second, "failed"), (3, waiting, "pending")]);
            (await PageAsync(tenant, id)).ShouldSatisfyAllConditions(
                page => page.ShouldContain($"href=\"/executions/{first}?tenant="),
                page => page.ShouldContain($"href=\"/executions/{waiting}?tenant="),
                page => page.ShouldContain("Attempt 3"));
        }

        var alone = await tenant.EnqueueAsync("fine");
        await tenant.UntilFinalAsync(alone);
        Attempts(await tenant.GetAsync($"/executions/{alone}/related")).ShouldBe([(1, alone, "completed")]);
        (await PageAsync(tenant, alone)).ShouldNotContain("class=\"attempts\"");
    }

    [Fact(Timeout = Patience)]
    public async Task What_an_execution_called_and_what_replays_it_are_its_effects_and_another_tenant_sees_none()
    {
        var product = await shared.Product;
        var tenant = await product.CreateTenantAsync("related-effects");
        await tenant.CreateScriptAsync("inner", "embedded", "return 1;");
        await tenant.CreateScriptAsync("outer", "oneoff", "return sdk.scripts.invoke('inner', {});");
        var outer = await tenant.EnqueueAsync("outer");
        await tenant.UntilFinalAsync(outer);
        using var replayed = await tenant.SendAsync(HttpMethod.Post, $"/executions/{outer}/replay", new JsonObject(), Stop);
        var again = (await RunningProduct.ExpectAsync(replayed, HttpStatusCode.Accepted)).GetProperty("id").GetString()!;
        await tenant.UntilFinalAsync(again);
        await tenant.UntilListedAsync("/usage", items => items.Sum(day => day.GetProperty("executions").GetInt64()) == 4);

        var effects = (await tenant.GetAsync($"/executions/{outer}/related")).GetProperty("effects").EnumerateArray()
            .Select(effect => (effect.GetProperty("cause_kind").GetString(), effect.GetProperty("script_name").GetString())).ToArray();

        effects.ShouldBe([("replay", "outer"), ("execution", "inner")], ignoreOrder: true);
        (await PageAsync(tenant, outer)).ShouldSatisfyAllConditions(page => page.ShouldContain("It called inner"), page => page.ShouldContain("It ran again"));
        var other = await product.CreateTenantAsync("related-others");
        using var missing = await other.SendAsync(HttpMethod.Get, $"/executions/{outer}/related", null, Stop);
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static (int, string?, string?)[] Attempts(JsonElement related) =>
    [
        .. related.GetProperty("attempts").EnumerateArray()
            .Select(attempt => (attempt.GetProperty("attempt").GetInt32(), attempt.GetProperty("id").GetString(), attempt.GetProperty("status").GetString())),
    ];

    private async Task<string> PageAsync(RunningProduct.Tenant tenant, string id)
    {
        var product = await shared.Product;
        using var response = await product.SendAsync(HttpMethod.Get, $"/executions/{id}?tenant={tenant.Slug}", product.Env["SANDBOX_ADMIN_TOKEN"], null, null, Stop);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.Content.ReadAsStringAsync(Stop);
    }
}
