using Microsoft.Extensions.Localization;
using Sandbox.Protocol.Api;
using Sandbox.Web;
using Sandbox.Web.Components;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Web;

/// <summary>What started an execution, from its recorded trigger, whatever is left of that.</summary>
public sealed class StartedByTests
{
    [Theory]
    [InlineData("""{"type":"cron","cronExpression":"0 1 * * *","timezone":"UTC","scheduledFor":"2026-01-31T01:00:00Z"}""", "cron", null, "2026-01-31T01:00:00Z")]
    [InlineData("""{"type":"http","httpRequest":{"method":"POST","path":"/orders/7","body":{"type":"x"}}}""", "http", "POST /orders/7", null)]
    [InlineData("""{"type":"event","eventId":"1","eventType":"payment.processed"}""", "event", "payment.processed", null)]
    [InlineData("""{"type":"api"}""", "api", null, null)]
    [InlineData("""{"type":"cron","scheduledFor":"soon"}""", "cron", null, null)]
    [InlineData("""{"type":7,"eventType":null}""", null, null, null)]
    [InlineData("""{"type":"http","httpRequest":"[cut]"}""", "http", null, null)]
    [InlineData("null", null, null, null)]
    [InlineData("[]", null, null, null)]
    public void It_is_read_from_the_trigger(string trigger, string? type, string? name, string? due)
    {
        var started = new StartedBy(new RawJson(trigger));

        started.Type.ShouldBe(type);
        started.Name.ShouldBe(name);
        started.DueAt.ShouldBe(due is null ? null : DateTimeOffset.Parse(due, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("schedule", null, """{"scheduledFor":"2026-01-31T01:00:00Z"}""", "due 01:00")]
    [InlineData("schedule", null, """{"scheduledFor":"2026-01-21T01:00:00Z"}""", "due 21 Jan, 01:00")]
    [InlineData("schedule", null, "{}", "its schedule")]
    [InlineData("http", "1", """{"httpRequest":{"method":"GET","path":"/a\u202e"}}""", "GET /a‹U+202E›")]
    [InlineData("event", "1", """{"eventType":"order.paid"}""", "order.paid")]
    [InlineData("hook", "checkout.price", "{}", "checkout.price")]
    [InlineData("hook", null, "{}", "a hook point")]
    [InlineData("replay", "1", """{"eventType":"order.paid"}""", "a replay")]
    [InlineData("token", "1", "null", "a token")]
    public void A_row_has_the_shortest_words(string cause, string? by, string trigger, string expected) =>
        new StartedBy(new RawJson(trigger)).Words(new Cause(cause, by), new English(), new PageZone(), new DateTimeOffset(2026, 1, 31, 2, 0, 0, TimeSpan.Zero)).ShouldBe(expected);

    private sealed class English : IStringLocalizer<Words>
    {
        public LocalizedString this[string name] => new(name, name);
        public LocalizedString this[string name, params object[] arguments] => new(name, string.Format(System.Globalization.CultureInfo.InvariantCulture, name, arguments));
        public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) => [];
    }
}
