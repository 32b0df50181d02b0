using System.Text.Json;
using Sandbox.Supervisor.Events;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Events;

/// <summary>Which batches events join and open.</summary>
public sealed class BatchPlanTests
{
    private static readonly Guid s_tenant = Guid.NewGuid();
    private static readonly Guid s_script = Guid.NewGuid();
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    private static readonly int[] s_batchOfEach = [0, 0, 1, 1, 2];

    [Fact]
    public void Full_batches_are_due_at_once_and_the_last_one_waits_for_more()
    {
        var plan = BatchPlan.Of(Made(5, """{"max":2,"within_ms":60000}"""), []);

        plan.Opened.Select(item => item.Input.Text).ShouldBe(["[0,1]", "[2,3]", "[4]"]);
        plan.Opened.Select(item => item.DueAt).ShouldBe([null, null, s_now.AddMinutes(1)]);
        plan.Opened.ShouldAllBe(item => item.Origin!.Value.Name == "batch" && item.IdempotencyKey == item.Origin.Value.Id.ToString());
        plan.Deliveries.Select(delivery => delivery.Item.ExecutionId)
            .ShouldBe(s_batchOfEach.Select(i => plan.Opened[i].ExecutionId));
        plan.Deliveries.Select(delivery => delivery.BatchId).ShouldBe(s_batchOfEach.Select(i => (Guid?)plan.Opened[i].Origin!.Value.Id));
    }

    [Fact]
    public void The_trigger_names_the_events_in_the_order_of_the_payloads()
    {
        var item = BatchPlan.Of(Made(2, """{"max":2,"within_ms":60000}"""), []).Opened.ShouldHaveSingleItem();

        item.Trigger.Text.ShouldBe(
            """{"type":"event","events":[{"id":"e0","type":"a.b","source":"/shop","time":"2026-03-01T10:00:00.000Z"},"""
            + """{"id":"e1","type":"a.b","source":"/shop","time":"2026-03-01T10:00:00.000Z"}]}""");
        using var read = JsonDocument.Parse(item.Trigger.Text);
    }

    [Fact]
    public void An_open_batch_is_filled_before_another_one_is_opened()
    {
        var plan = BatchPlan.Of(Made(2, """{"max":3,"within_ms":60000}"""), [Open(events: 2)]);

        var (filled, opened) = (plan.Changes[0], plan.Changes[1]);
        (filled.IsNew, filled.IsClosed, filled.Payloads, filled.Batch.Events).ShouldBe((false, true, "0", 3));
        (opened.IsNew, opened.IsClosed, opened.Payloads).ShouldBe((true, false, "1"));
        plan.Deliveries[0].Item.ExecutionId.ShouldBe(filled.Batch.ExecutionId);
        plan.Opened.ShouldHaveSingleItem().Input.Text.ShouldBe("[1]");
    }

    [Fact]
    public void A_batch_closes_before_it_would_be_larger_than_the_limit_and_a_larger_event_stands_alone()
    {
        var plan = BatchPlan.Of(Made(2, """{"max":10,"within_ms":60000}""", bytesMax: 10), [Open(events: 1, bytes: 8)]);

        plan.Changes.Select(change => (change.IsNew, change.IsClosed, change.Payloads))
            .ShouldBe([(false, true, ""), (true, true, "0"), (true, false, "1")]);
    }

    [Fact]
    public void Each_key_has_a_batch_of_its_own()
    {
        var made = Made(4, """{"max":10,"within_ms":60000}""", ""","key":"k" """, i => $$"""{"k":{{i % 2}}}""");

        var plan = BatchPlan.Of(made, [Open(events: 1, key: "1")]);

        plan.Changes.Select(change => (change.Batch.Key, change.Batch.Events, change.IsNew))
            .ShouldBe([("1", 3, false), ("0", 2, true)], ignoreOrder: true);
        plan.Opened.ShouldHaveSingleItem().OrderKey.ShouldBe("0");
    }

    [Fact]
    public void What_is_delivered_alone_is_left_as_it_was()
    {
        var made = Made(2, "null");

        var plan = BatchPlan.Of(made, []);

        plan.Deliveries.ShouldBe(made);
        (plan.Changes.Count, plan.Opened.Count).ShouldBe((0, 0));
    }

    private static IReadOnlyList<NewDelivery> Made(
        int count, string batch, string more = "", Func<int, string>? payload = null, int bytesMax = 1_048_576)
    {
        var trigger = $$"""{"event_types":["*"],"batch":{{batch}}{{more}}}""";
        var subscription = Subscription.Of(s_tenant, s_script, "script", 1, trigger, bytesMax).ShouldNotBeNull();
        StoredEvent[] events =
        [
            .. Enumerable.Range(0, count).Select(i => new StoredEvent(
                s_tenant, Guid.CreateVersion7(), "/shop", $"e{i}", "a.b", s_now, payload?.Invoke(i) ?? $"{i}", 0, null, s_now)),
        ];
        return Deliveries.Of(events, [subscription], s_now);
    }

    private static OpenBatch Open(int events, long bytes = 10, string? key = null) =>
        new(s_tenant, Guid.NewGuid(), s_script, key, Guid.NewGuid(), events, bytes, s_now.AddSeconds(5));
}
