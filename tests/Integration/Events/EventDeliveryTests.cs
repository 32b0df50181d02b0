using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Tests.Integration.Http;
using Sandbox.Tests.Integration.Product;
using Sandbox.Tests.Integration.Queue;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Events;

/// <summary>Events of a running product: what is published runs the scripts that listen to it, each once.</summary>
public sealed class EventDeliveryTests(SharedProductFixture fixture) : IClassFixture<SharedProductFixture>
{
    private const int Patience = 120_000;
    private static int s_last;

    [Fact(Timeout = Patience)]
    public async Task A_published_event_runs_the_script_that_listens_to_it()
    {
        var tenant = await TenantAsync();
        await tenant.ListenAsync("receipt", "payment.processed", "return [context.trigger, context.input, context.attempt]");

        var answer = await fixture.Product.PublishAsync(tenant, EventTenant.Event("payment.processed", "p-1", """{"amount":12.50}"""));

        answer.GetRawText().ShouldBe("""{"accepted":["p-1"],"duplicates":[]}""");
        var ran = (await tenant.UntilRanAsync("receipt", 1)).Single();
        ran.GetProperty("output").GetRawText().ShouldBe(
            """[{"type":"event","eventId":"p-1","eventType":"payment.processed","eventSource":"/shop","eventTime":"2026-03-01T10:00:00.000Z","eventPayload":{"amount":12.5}},null,1]""");
        var found = await tenant.UntilDeliveredAsync("payment.processed");
        ran.GetProperty("cause").GetRawText().ShouldBe($$"""{"kind":"event","id":"{{found.GetProperty("id").GetString()}}"}""");
        found.GetProperty("payload").GetRawText().ShouldBe("""{"amount":12.50}""");
        var delivery = found.GetProperty("deliveries").EnumerateArray().Single();
        delivery.GetProperty("state").GetString().ShouldBe("completed");
        delivery.GetProperty("script_name").GetString().ShouldBe("receipt");
        delivery.GetProperty("execution_id").GetString().ShouldBe(ran.GetProperty("id").GetString());
    }

    [Fact(Timeout = Patience)]
    public async Task The_same_source_and_id_is_accepted_again_and_not_run_twice()
    {
        var tenant = await TenantAsync();
        await tenant.ListenAsync("once", "order.paid", "return context.trigger.eventId");
        await fixture.Product.PublishAsync(tenant, EventTenant.Event("order.paid", "o-1"));

        var batch = string.Join(',', new[] { "o-1", "o-2", "o-2" }.Select(id => EventTenant.Event("order.paid", id)));
        var again = await fixture.Product.PublishAsync(tenant, $"[{batch}]", EventTenant.Batch);

        again.GetRawText().ShouldBe("""{"accepted":["o-2"],"duplicates":["o-1","o-2"]}""");
        (await tenant.UntilRanAsync("once", 2)).Select(ran => ran.GetProperty("output").GetString()).Order().ShouldBe(["o-1", "o-2"]);
    }

    [Fact(Timeout = Patience)]
    public async Task Every_script_whose_type_and_filter_match_gets_a_delivery_of_its_own()
    {
        var tenant = await TenantAsync();
        await tenant.ListenAsync("exact", "order.item.added", "return 'exact'");
        await tenant.ListenAsync("prefix", "order.*", "return 'prefix'");
        await tenant.ListenAsync("every", "*", "return 'every'");
        await tenant.ListenAsync("other", "orders.*", "return 'other'");
        await tenant.ListenAsync("parent", "order.item", "return 'parent'");
        await tenant.ListenAsync("large", "*", "return 'large'", ""","filter":{"amount":{"gt":100},"customer.country":"UZ"}""");
        await tenant.ListenAsync("small", "*", "return 'small'", ""","filter":{"amount":{"lte":100}}""");

        await fixture.Product.PublishAsync(tenant, EventTenant.Event("order.item.added", "i-1", """{"amount":101,"customer":{"country":"UZ"}}"""));

        var found = await tenant.UntilDeliveredAsync("order.item.added");
        var deliveries = found.GetProperty("deliveries").EnumerateArray().ToArray();
        deliveries.Select(delivery => delivery.GetProperty("script_name").GetString()).ShouldBe(["every", "exact", "large", "prefix"]);
        deliveries.ShouldAllBe(delivery => delivery.GetProperty("state").GetString() == "completed");
    }

    [Fact(Timeout = Patience)]
    public async Task Deliveries_with_the_same_key_run_in_order_and_one_at_a_time()
    {
        var tenant = await TenantAsync();
        const string source = "await new Promise(done => setTimeout(done, 30)); return [context.trigger.eventId, context.attempt]";
        await tenant.ListenAsync("ordered", "order.changed", source, ""","key":"order.id" """);
        var events = Enumerable.Range(0, 12)
            .Select(i => EventTenant.Event("order.changed", $"e-{i:00}", $$$"""{"order":{"id":{{{i % 2}}}}}"""));

        await fixture.Product.PublishAsync(tenant, $"[{string.Join(',', events)}]", EventTenant.Batch);

        var ran = (await tenant.UntilRanAsync("ordered", 12)).Select(execution => (
            Id: execution.GetProperty("output")[0].GetString()!,
            From: execution.GetProperty("started_at").GetDateTimeOffset(),
            To: execution.GetProperty("finished_at").GetDateTimeOffset())).ToArray();
        foreach (var parity in new[] { 0, 1 })
        {
            var line = ran.Where(one => int.Parse(one.Id[2..]) % 2 == parity).OrderBy(one => one.From).ToArray();
            line.Select(one => one.Id).ShouldBe(line.Select(one => one.Id).Order());
            line.Zip(line.Skip(1)).ShouldAllBe(pair => pair.First.To <= pair.Second.From);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task What_fails_is_tried_again_and_is_dead_when_its_attempts_are_used_up()
    {
        var tenant = await TenantAsync();
        await tenant.ListenAsync(
            "failing",
            "order.lost",
            "throw new Error(`${context.attempt} ${context.idempotencyKey}`)",
            retry: new JsonObject { ["attempts"] = 3, ["backoff_ms"] = 1 });

        await fixture.Product.PublishAsync(tenant, EventTenant.Event("order.lost", "l-1"));

        var delivery = (await tenant.UntilDeliveredAsync("order.lost")).GetProperty("deliveries").EnumerateArray().Single();
        var id = delivery.GetProperty("id").GetString();
        var attempts = await tenant.UntilRanAsync("failing", 3);
        attempts.Select(attempt => attempt.GetProperty("error").GetProperty("message").GetString()).Order()
            .ShouldBe([$"1 {id}", $"2 {id}", $"3 {id}"]);
        (delivery.GetProperty("state").GetString(), delivery.GetProperty("attempts").GetInt32()).ShouldBe(("dead", 3));
        attempts.Single(attempt => attempt.GetProperty("attempt").GetInt32() == 3).GetProperty("id").GetString()
            .ShouldBe(delivery.GetProperty("execution_id").GetString());
    }

    [Fact(Timeout = Patience)]
    public async Task A_script_that_publishes_its_own_event_ends_with_CHAIN_LIMIT()
    {
        var tenant = await TenantAsync();
        await tenant.ListenAsync(
            "loop", "order.loop.turned", "return await sdk.events.publish('order.loop.turned', { n: context.trigger.eventPayload.n + 1 })");

        await fixture.Product.PublishAsync(tenant, EventTenant.Event("order.loop.turned", "first", """{"n":0}"""));

        var listed = await tenant.UntilRanAsync("loop", 17);
        listed.Length.ShouldBe(17);
        listed.Count(execution => execution.GetProperty("status").GetString() == "completed").ShouldBe(16);
        var last = listed.Single(execution => execution.GetProperty("status").GetString() == "failed");
        last.GetProperty("code").GetString().ShouldBe("CHAIN_LIMIT");
    }

    [Fact(Timeout = Patience)]
    public async Task A_debounced_script_runs_for_the_newest_event_of_each_key()
    {
        var tenant = await TenantAsync();
        await tenant.ListenAsync("settled", "cart.*", "return context.trigger.eventId", ""","debounce_ms":1,"key":"cart" """);
        // Nothing of a paused script is claimed, so what comes meanwhile is certain to find it waiting.
        (await tenant.SendAsync(HttpMethod.Post, "/scripts/settled/pause", cancellationToken: TestContext.Current.CancellationToken)).Dispose();
        await fixture.Product.PublishAsync(tenant, $"[{Cart("a-1", 1)},{Cart("b-1", 2)},{Cart("a-2", 1)}]", EventTenant.Batch);
        await tenant.UntilListedAsync("/events", list => list.Count == 3 && list.All(e => e.GetProperty("routed_at").ValueKind == JsonValueKind.String));
        await fixture.Product.PublishAsync(tenant, Cart("a-3", 1));
        await tenant.UntilListedAsync("/events", list => list.Count == 4 && list.All(e => e.GetProperty("routed_at").ValueKind == JsonValueKind.String));

        (await tenant.SendAsync(HttpMethod.Post, "/scripts/settled/resume", cancellationToken: TestContext.Current.CancellationToken)).Dispose();

        (await tenant.UntilRanAsync("settled", 2)).Select(ran => ran.GetProperty("output").GetString()).Order().ShouldBe(["a-3", "b-1"]);
        foreach (var (id, state) in new[] { ("a-1", "debounced"), ("a-2", "debounced"), ("a-3", "completed"), ("b-1", "completed") })
        {
            var listed = (await tenant.GetAsync($"/events?event_id={id}")).GetProperty("items")[0].GetProperty("id").GetString();
            (await tenant.GetAsync($"/events/{listed}")).GetProperty("deliveries")[0].GetProperty("state").GetString().ShouldBe(state, id);
        }

        static string Cart(string id, int cart) => EventTenant.Event("cart.changed", id, $$"""{"cart":{{cart}}}""");
    }

    private Task<RunningProduct.Tenant> TenantAsync() => fixture.Product.CreateTenantAsync($"events-{Interlocked.Increment(ref s_last)}");
}
