using Sandbox.Supervisor.Events;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Events;

/// <summary>Which scripts get which events.</summary>
public sealed class DeliveriesTests
{
    private static readonly Guid s_tenant = Guid.NewGuid();
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("payment.invoice.paid", "payment.invoice.paid", true)]
    [InlineData("payment.invoice.paid", "payment.invoice.paid2", false)]
    [InlineData("payment.invoice.paid", "Payment.Invoice.Paid", false)]
    [InlineData("payment.*", "payment.invoice.paid", true)]
    [InlineData("payment.*", "payment.x", true)]
    [InlineData("payment.*", "payment", false)]
    [InlineData("payment.*", "payment.", false)]
    [InlineData("payment.*", "payments.x", false)]
    [InlineData("payment.invoice.*", "payment.x", false)]
    [InlineData("*", "com.example/anything", true)]
    public void A_type_is_covered_by_its_name_or_a_wildcard(string pattern, string type, bool covered) =>
        Deliveries.Of([Event(type)], [Listening($$"""{"event_types":["{{pattern}}"]}""")], s_now).Count.ShouldBe(covered ? 1 : 0);

    [Fact]
    public void An_event_of_another_tenant_is_delivered_to_nobody() =>
        Deliveries.Of([Event("order.paid") with { TenantId = Guid.NewGuid() }], [Listening("""{"event_types":["*"]}""")], s_now).ShouldBeEmpty();

    [Theory]
    [InlineData("""{"order":{"id":"7"}}""", "7")]
    [InlineData("""{"order":{"id":7}}""", "7")]
    [InlineData("""{"order":{"id":null}}""", "")]
    [InlineData("""{"order":7}""", "")]
    [InlineData("[]", "")]
    public void The_order_key_is_what_stands_at_its_path_and_what_lacks_it_is_one_line(string payload, string key) =>
        Deliveries.Of([Event("order.paid", payload)], [Listening("""{"event_types":["*"],"key":"order.id"}""")], s_now).ShouldHaveSingleItem().Item.OrderKey.ShouldBe(key);

    [Fact]
    public void A_long_key_is_a_short_one_of_its_own()
    {
        var listening = Listening("""{"event_types":["*"],"key":"0"}""");
        string KeyOf(char last) =>
            Deliveries.Of([Event("order.paid", $"[\"{new string('x', 100_000)}{last}\"]")], [listening], s_now)[0].Item.OrderKey!;

        KeyOf('a').Length.ShouldBe(64);
        KeyOf('a').ShouldBe(KeyOf('a'));
        KeyOf('b').ShouldNotBe(KeyOf('a'));
    }

    [Fact]
    public void Without_a_key_nothing_is_ordered_and_the_attempt_says_whom_it_serves()
    {
        var stored = Event("order.paid") with { Depth = 3 };
        var delivery = Deliveries.Of([stored], [Listening("""{"event_types":["*"],"filter":null}""")], s_now).ShouldHaveSingleItem();

        delivery.EventId.ShouldBe(stored.Id);
        delivery.Item.OrderKey.ShouldBeNull();
        delivery.Item.Origin.ShouldBe((Deliveries.Origin, delivery.Id));
        delivery.Item.IdempotencyKey.ShouldBe(delivery.Id.ToString());
        delivery.Item.Depth.ShouldBe(3);
        (delivery.Item.Cause.Kind, delivery.Item.Cause.Id).ShouldBe(("event", stored.Id.ToString()));
    }

    [Fact]
    public void What_is_nested_deeper_than_a_script_can_get_is_delivered_to_nobody_and_holds_up_nothing()
    {
        var deep = new string('[', 501) + new string(']', 501);
        Deliveries.Of([Event("order.paid", deep), Event("order.paid")], [Listening("""{"event_types":["*"]}""")], s_now).Count.ShouldBe(1);
    }

    [Fact]
    public void A_trigger_of_a_newer_version_is_no_subscription() =>
        Subscription.Of(s_tenant, Guid.NewGuid(), "script", 1, """{"event_types":["*"],"window":{}}""", 1024).ShouldBeNull();

    private static StoredEvent Event(string type, string payload = "null") => new(s_tenant, Guid.CreateVersion7(), "/shop", "1", type, s_now, payload, 0, null, s_now);

    private static Subscription Listening(string trigger) => Subscription.Of(s_tenant, Guid.CreateVersion7(), "script", 1, trigger, 1_048_576).ShouldNotBeNull();
}
