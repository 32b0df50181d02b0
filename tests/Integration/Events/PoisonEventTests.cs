using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Sandbox.Tests.Integration.Queue;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Events;

/// <summary>An event whose script ends its worker at each attempt.</summary>
public sealed class PoisonEventTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>
{
    private const int Patience = 120_000;
    private const int Attempts = 3;
    private static int s_last;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>No interrupt reaches either: the first aborts the process, the second is killed at its deadline.</summary>
    [Theory(Timeout = Patience)]
    [InlineData("return 'x'.repeat(2 ** 28).split('').length;", 30_000, "failed", "MEMORY_LIMIT")]
    [InlineData("return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);", 1_000, "timeout", "TIMEOUT")]
    public async Task A_poison_event_is_dead_after_its_attempts_and_a_neighbours_events_are_all_delivered(
        string source, int timeoutMs, string status, string code)
    {
        var (tenant, neighbour) = (await TenantAsync(), await TenantAsync());
        await tenant.CreateScriptAsync(
            "poison",
            "event",
            source,
            new JsonObject { ["timeout_ms"] = timeoutMs },
            new JsonObject { ["event_types"] = new JsonArray("order.poison") },
            retry: new JsonObject { ["attempts"] = Attempts, ["backoff_ms"] = 1 });
        await neighbour.ListenAsync("well", "order.paid", "return context.trigger.eventId");

        await fixture.Product.PublishAsync(tenant, EventTenant.Event("order.poison", "p-1"));
        var published = await PublishUntilDeadAsync(tenant, neighbour);

        await ItIsDeadAsync(tenant, status, code);
        var ran = await neighbour.UntilRanAsync("well&limit=200", published.Count);
        ran.Select(execution => execution.GetProperty("output").GetString()!).ShouldBe(published, ignoreOrder: true);
        ran.ShouldAllBe(execution =>
            execution.GetProperty("status").GetString() == "completed" && execution.GetProperty("attempt").GetInt32() == 1);
        (await neighbour.GetAsync("/dead-letters")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    /// <summary>Ids of the neighbour's events: one after the other until the poison is dead.</summary>
    private async Task<IReadOnlyList<string>> PublishUntilDeadAsync(RunningProduct.Tenant tenant, RunningProduct.Tenant neighbour)
    {
        var published = new List<string>();
        do
        {
            var id = $"n-{published.Count}";
            await fixture.Product.PublishAsync(neighbour, EventTenant.Event("order.paid", id));
            published.Add(id);
            await Task.Delay(100, Stop);
        }
        while ((await tenant.GetAsync("/dead-letters")).GetProperty("items").GetArrayLength() == 0);
        return published;
    }

    private static async Task ItIsDeadAsync(RunningProduct.Tenant tenant, string status, string code)
    {
        var letter = (await tenant.GetAsync("/dead-letters")).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        (letter.GetProperty("attempts").GetInt32(), letter.GetProperty("code").GetString()).ShouldBe((Attempts, code));
        var delivery = (await tenant.UntilDeliveredAsync("order.poison")).GetProperty("deliveries").EnumerateArray().ShouldHaveSingleItem();
        (delivery.GetProperty("state").GetString(), delivery.GetProperty("attempts").GetInt32()).ShouldBe(("dead", Attempts));
        var attempts = await tenant.UntilRanAsync("poison", Attempts);
        attempts.Select(Attempt).Order().ShouldBe([.. Enumerable.Range(1, Attempts).Select(number => (number, status, code))]);
        attempts.Single(attempt => Attempt(attempt).Number == Attempts).GetProperty("id").GetString()
            .ShouldBe(letter.GetProperty("execution_id").GetString());
    }

    private static (int Number, string Status, string Code) Attempt(JsonElement execution) => (
        execution.GetProperty("attempt").GetInt32(),
        execution.GetProperty("status").GetString()!,
        execution.GetProperty("code").GetString()!);

    private Task<RunningProduct.Tenant> TenantAsync() => fixture.Product.CreateTenantAsync($"poison-{Interlocked.Increment(ref s_last)}");
}
