using Sandbox.Protocol.Api;
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
}
