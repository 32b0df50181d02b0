using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Events;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Queue;

/// <summary>What has not begun says why.</summary>
public sealed class WaitsForTests(SharedProduct shared)
{
    private const int Patience = 120_000;
    private const string Long = "await new Promise(done => setTimeout(done, 20_000));";
    private const string Order = """{"order":{"id":7}}""";
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task Work_of_a_paused_script_waits_for_it_to_be_resumed()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("waits-paused");
        await tenant.CreateScriptAsync("held", "oneoff", "return 1");
        (await tenant.SendAsync(HttpMethod.Post, "/scripts/held/pause", cancellationToken: Stop)).Dispose();
        var id = await tenant.EnqueueAsync("held");

        (await ReasonAsync(tenant, id)).GetProperty("reason").GetString().ShouldBe("script_paused");
        (await tenant.GetAsync("/executions?status=pending")).GetProperty("items")[0].GetProperty("waits_for").GetProperty("reason").GetString().ShouldBe("script_paused");
        (await PageAsync(tenant, $"/executions/{id}")).ShouldContain("Waits until the script is resumed");
        (await PageAsync(tenant, "/executions")).ShouldContain("Waits until the script is resumed");

        (await tenant.SendAsync(HttpMethod.Post, "/scripts/held/resume", cancellationToken: Stop)).Dispose();
        (await tenant.UntilFinalAsync(id)).TryGetProperty("waits_for", out _).ShouldBeFalse();
    }

    [Fact(Timeout = Patience)]
    public async Task Work_of_a_suspended_tenant_waits_for_it_to_be_resumed()
    {
        var product = await shared.Product;
        var tenant = await product.CreateTenantAsync("waits-suspended");
        await tenant.CreateScriptAsync("held", "oneoff", "return 1");
        (await tenant.SendAsync(HttpMethod.Post, "/scripts/held/pause", cancellationToken: Stop)).Dispose();
        var id = await tenant.EnqueueAsync("held");
        (await product.SendAsync(HttpMethod.Post, "/api/v1/tenants/waits-suspended/suspend", product.Env["SANDBOX_ADMIN_TOKEN"], null, null, Stop)).Dispose();

        (await PageAsync(tenant, $"/executions/{id}")).ShouldContain("Waits until the tenant is resumed");
    }

    [Fact(Timeout = Patience)]
    public async Task Work_for_later_and_the_next_attempt_wait_for_their_time()
    {
        var tenant = await (await shared.Product).CreateTenantAsync("waits-due");
        await tenant.CreateScriptAsync("later", "oneoff", "return 1");
        await tenant.CreateScriptAsync(
            "again", "oneoff", "throw new Error('not yet')",
            retry: new JsonObject { ["attempts"] = 2, ["backoff_ms"] = 600_000, ["codes"] = new JsonArray("SCRIPT_ERROR") });
        var at = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 3_600);

        var later = await ReasonAsync(tenant, await tenant.EnqueueAsync("later", new JsonObject { ["run_at"] = at.ToString("O", CultureInfo.InvariantCulture) }));
        await tenant.EnqueueAsync("again");
        var attempt = (await tenant.UntilListedAsync("/executions?script=again&status=pending", items => items is [var one] && one.GetProperty("attempt").GetInt32() == 2))[0];

        later.GetProperty("reason").GetString().ShouldBe("due_time");
        later.GetProperty("until").GetDateTimeOffset().ShouldBe(at);
        attempt.GetProperty("waits_for").GetProperty("reason").GetString().ShouldBe("due_time");
        attempt.GetProperty("waits_for").GetProperty("until").GetDateTimeOffset().ShouldBeGreaterThan(attempt.GetProperty("created_at").GetDateTimeOffset());
    }

    [Fact(Timeout = Patience)]
    public async Task Work_waits_for_the_script_s_concurrency_and_for_the_tenant_s()
    {
        var product = await shared.Product;
        var (tenant, narrow) = (await product.CreateTenantAsync("waits-script"), await product.CreateTenantAsync("waits-tenant", concurrency: 1));
        await tenant.CreateScriptAsync("one-at-once", "oneoff", Long, new JsonObject { ["concurrency"] = 1 });
        await narrow.CreateScriptAsync("many-at-once", "oneoff", Long, new JsonObject { ["concurrency"] = 5 });
        foreach (var (of, script, reason, words) in new[]
        {
            (tenant, "one-at-once", "script_concurrency", "Waits for the script&#x27;s own concurrency, 1 of 1 in use"),
            (narrow, "many-at-once", "tenant_concurrency", "Waits for the tenant&#x27;s concurrency, 1 of 1 in use"),
        })
        {
            var first = await of.EnqueueAsync(script);
            await of.UntilListedAsync("/executions?status=running", items => items.Count == 1);
            var second = await of.EnqueueAsync(script);

            var wait = await ReasonAsync(of, second);

            wait.GetProperty("reason").GetString().ShouldBe(reason);
            wait.GetProperty("limit").GetInt32().ShouldBe(1);
            (await PageAsync(of, $"/executions/{second}")).ShouldContain(words);
            foreach (var id in new[] { second, first }) (await of.SendAsync(HttpMethod.Post, $"/executions/{id}/cancel", cancellationToken: Stop)).Dispose();
        }
    }

    [Fact(Timeout = Patience)]
    public async Task A_delivery_waits_for_an_earlier_one_with_its_key()
    {
        var product = await shared.Product;
        var tenant = await product.CreateTenantAsync("waits-order");
        await tenant.ListenAsync("ordered", "order.changed", Long, ""","key":"order.id" """);
        await product.PublishAsync(tenant, $"[{EventTenant.Event("order.changed", "1", Order)},{EventTenant.Event("order.changed", "2", Order)}]", EventTenant.Batch);
        await tenant.UntilListedAsync("/executions?status=running", items => items.Count == 1);
        var second = (await tenant.UntilListedAsync("/executions?status=pending", items => items.Count == 1))[0];

        (await ReasonAsync(tenant, second.GetProperty("id").GetString()!)).GetProperty("reason").GetString().ShouldBe("earlier_in_order");
        using var cancelled = await tenant.SendAsync(HttpMethod.Post, "/executions/cancel", new JsonObject { ["script"] = "ordered" }, Stop);
    }

    /// <summary>Once the dispatcher has looked.</summary>
    private static async Task<JsonElement> ReasonAsync(RunningProduct.Tenant tenant, string id)
    {
        while (true)
        {
            if ((await tenant.GetAsync($"/executions/{id}")).TryGetProperty("waits_for", out var wait)) return wait;
            await Task.Delay(s_look, Stop);
        }
    }

    private async Task<string> PageAsync(RunningProduct.Tenant tenant, string path)
    {
        var product = await shared.Product;
        using var response = await product.SendAsync(HttpMethod.Get, $"{path}?tenant={tenant.Slug}", product.Env["SANDBOX_ADMIN_TOKEN"], null, null, Stop);
        return await response.Content.ReadAsStringAsync(Stop);
    }
}
