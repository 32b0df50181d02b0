using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Sandbox.Tests.Integration.Queue;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Events;

/// <summary>Events that are delivered together.</summary>
public sealed class EventBatchTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>
{
    private const int Patience = 120_000;

    /// <summary>Longer than a test lasts: such a batch is delivered because it is full.</summary>
    private const string Hour = "3600000";
    private static int s_last;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task A_full_batch_is_one_execution_with_its_payloads_in_order_also_where_they_came_one_by_one()
    {
        var tenant = await TenantAsync();
        await tenant.ListenAsync("totals", "order.paid", "return [context.input, context.trigger]", Batch(3, Hour));

        foreach (var i in (int[])[1, 2, 3])
        {
            await fixture.Product.PublishAsync(tenant, EventTenant.Event("order.paid", $"o-{i}", $$"""{"n":{{i}}}"""));
            await tenant.UntilListedAsync("/events", list => list.Count == i && list.All(IsRouted));
        }

        var ran = (await tenant.UntilRanAsync("totals", 1)).Single();
        ran.GetProperty("output")[0].GetRawText().ShouldBe("""[{"n":1},{"n":2},{"n":3}]""");
        var events = string.Join(',', Enumerable.Range(1, 3)
            .Select(i => $$"""{"id":"o-{{i}}","type":"order.paid","source":"/shop","time":"2026-03-01T10:00:00.000Z"}"""));
        ran.GetProperty("output")[1].GetRawText().ShouldBe($$"""{"type":"event","events":[{{events}}]}""");
        foreach (var delivery in await DeliveriesAsync(tenant))
        {
            delivery.GetProperty("state").GetString().ShouldBe("completed");
            delivery.GetProperty("execution_id").GetString().ShouldBe(ran.GetProperty("id").GetString());
        }
    }

    [Fact(Timeout = Patience)]
    public async Task A_batch_that_is_not_full_is_delivered_when_its_time_is_over()
    {
        var tenant = await TenantAsync();
        await tenant.ListenAsync("late", "order.paid", "return context.input", Batch(1000, "100"));

        await fixture.Product.PublishAsync(tenant, EventTenant.Event("order.paid", "o-1", "1"));

        (await tenant.UntilRanAsync("late", 1)).Single().GetProperty("output").GetRawText().ShouldBe("[1]");
    }

    [Fact(Timeout = Patience)]
    public async Task A_batch_that_fails_is_tried_again_is_one_dead_letter_and_is_replayed_as_a_whole()
    {
        var tenant = await TenantAsync();
        await tenant.ListenAsync(
            "failing",
            "order.lost",
            "if (context.replayOf) return context.input; throw new Error(context.idempotencyKey)",
            Batch(2, Hour),
            new JsonObject { ["attempts"] = 2, ["backoff_ms"] = 1 });

        await fixture.Product.PublishAsync(
            tenant, $"[{EventTenant.Event("order.lost", "a", "1")},{EventTenant.Event("order.lost", "b", "2")}]", EventTenant.Batch);

        var letter = (await tenant.UntilListedAsync("/dead-letters?state=open", list => list.Count == 1))[0];
        letter.GetProperty("attempts").GetInt32().ShouldBe(2);
        letter.GetProperty("input").GetRawText().ShouldBe("[1,2]");
        letter.GetProperty("message").GetString().ShouldBe(letter.GetProperty("idempotency_key").GetString());
        (await DeliveriesAsync(tenant)).Select(State).ShouldBe(["dead", "dead"]);
        using var replay = await tenant.SendAsync(HttpMethod.Post, $"/dead-letters/{letter.GetProperty("id").GetString()}/replay", new JsonObject(), Stop);
        var again = (await RunningProduct.ExpectAsync(replay, HttpStatusCode.Accepted)).GetProperty("id").GetString()!;
        (await tenant.UntilFinalAsync(again)).GetProperty("output").GetRawText().ShouldBe("[1,2]");
        (await DeliveriesAsync(tenant)).Select(State).ShouldBe(["completed", "completed"]);
    }

    [Fact(Timeout = Patience)]
    public async Task An_open_batch_can_be_cancelled_and_the_next_event_opens_another_one()
    {
        var tenant = await TenantAsync();
        await tenant.ListenAsync("held", "order.paid", "return context.input", Batch(2, Hour));
        await fixture.Product.PublishAsync(tenant, EventTenant.Event("order.paid", "a", "1"));
        var open = (await tenant.UntilListedAsync("/executions?status=pending", list => list.Count == 1))[0].GetProperty("id").GetString();

        (await tenant.SendAsync(HttpMethod.Post, $"/executions/{open}/cancel", cancellationToken: Stop)).Dispose();
        await fixture.Product.PublishAsync(
            tenant, $"[{EventTenant.Event("order.paid", "b", "2")},{EventTenant.Event("order.paid", "c", "3")}]", EventTenant.Batch);

        var ran = await tenant.UntilListedAsync("/executions?status=completed", list => list.Count == 1);
        (await tenant.GetAsync($"/executions/{ran[0].GetProperty("id").GetString()}")).GetProperty("output").GetRawText().ShouldBe("[2,3]");
        (await DeliveriesAsync(tenant)).Select(State).Order().ShouldBe(["cancelled", "completed", "completed"]);
    }

    [Fact(Timeout = Patience)]
    public async Task An_open_batch_outlives_a_supervisor_that_is_killed()
    {
        await using var product = await RunningProduct.StartAsync();
        var tenant = await product.CreateTenantAsync("batches");
        await tenant.ListenAsync("kept", "order.paid", "return context.input", Batch(2, Hour));
        await product.PublishAsync(tenant, EventTenant.Event("order.paid", "a", "1"));
        await tenant.UntilListedAsync("/executions?status=pending", list => list.Count == 1);

        await product.KillAsync();
        await product.StartProcessAsync();
        await product.PublishAsync(tenant, EventTenant.Event("order.paid", "b", "2"));

        (await tenant.UntilRanAsync("kept", 1)).Single().GetProperty("output").GetRawText().ShouldBe("[1,2]");
    }

    [Theory(Timeout = Patience)]
    [InlineData("""{"max":0,"within_ms":100}""", "trigger.batch.max")]
    [InlineData("""{"max":1001,"within_ms":100}""", "trigger.batch.max")]
    [InlineData("""{"max":2}""", "trigger.batch.within_ms")]
    [InlineData("""{"max":2,"within_ms":99}""", "trigger.batch.within_ms")]
    [InlineData("""{"max":2,"within_ms":100},"debounce_ms":5""", "trigger.batch")]
    public async Task A_batch_that_cannot_be_is_refused_by_the_name_of_its_field(string batch, string field)
    {
        var body = (JsonObject)JsonNode.Parse($$$"""{"kind":"event","source":"return 1","trigger":{"event_types":["a.b"],"batch":{{{batch}}}}}""")!;
        var tenant = await TenantAsync();

        using var response = await tenant.SendAsync(HttpMethod.Post, "/scripts/validate", body, Stop);

        var answer = await RunningProduct.ExpectAsync(response, HttpStatusCode.OK);
        answer.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()).ShouldBe([field]);
    }

    private static string Batch(int max, string withinMs) => $$""","batch":{"max":{{max}},"within_ms":{{withinMs}}}""";

    private static bool IsRouted(JsonElement listed) => listed.GetProperty("routed_at").ValueKind == JsonValueKind.String;

    private static string State(JsonElement delivery) => delivery.GetProperty("state").GetString()!;

    private static async Task<JsonElement[]> DeliveriesAsync(RunningProduct.Tenant tenant)
    {
        var deliveries = new List<JsonElement>();
        foreach (var listed in (await tenant.GetAsync("/events")).GetProperty("items").EnumerateArray())
        {
            var found = await tenant.GetAsync($"/events/{listed.GetProperty("id").GetString()}");
            deliveries.AddRange(found.GetProperty("deliveries").EnumerateArray());
        }

        return [.. deliveries];
    }

    private Task<RunningProduct.Tenant> TenantAsync() => fixture.Product.CreateTenantAsync($"batches-{Interlocked.Increment(ref s_last)}");
}
