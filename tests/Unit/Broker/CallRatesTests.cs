using Microsoft.Extensions.Time.Testing;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Broker;

/// <summary>Calls of a script within a minute.</summary>
public sealed class CallRatesTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("Outside", 300)]
    [InlineData("Data", 6_000)]
    [InlineData("Cache", 6_000)]
    [InlineData("Events", 600)]
    public void The_call_after_the_last_of_a_minute_is_refused_until_the_minute_is_over(string group, int perMinute)
    {
        var (rates, counted) = (new CallRates(_time), Enum.Parse<CallGroup>(group));
        var request = Request(perMinute: null);
        for (var i = 0; i < perMinute; i++) rates.Take(request, counted).ShouldBeNull();

        var refused = rates.Take(request, counted).ShouldNotBeNull();

        (refused.Code, refused.RetryAfterSeconds).ShouldBe((Codes.RateLimit, 60));
        rates.Take(Request(perMinute: null), counted).ShouldBeNull();
        rates.Take(request, CallGroup.None).ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(60));
        rates.Take(request, counted).ShouldBeNull();
    }

    [Fact]
    public void A_tenants_own_rate_stands_in_place_of_the_default()
    {
        var rates = new CallRates(_time);
        var request = Request(perMinute: 2);
        rates.Take(request, CallGroup.Cache).ShouldBeNull();
        rates.Take(request, CallGroup.Cache).ShouldBeNull();

        rates.Take(request, CallGroup.Cache).ShouldNotBeNull().Message.ShouldContain("calls_per_minute");
    }

    private static RunRequest Request(int? perMinute) => new()
    {
        Tenant = new Tenant { Id = Guid.NewGuid(), Slug = "t", Name = "T", Limits = new TenantLimits { CallsPerMinute = perMinute } },
        Script = new Script { Id = Guid.NewGuid(), TenantId = Guid.NewGuid(), Name = "s", Kind = ScriptKind.Embedded, Source = "", Version = 1, VersionId = Guid.NewGuid() },
        TriggerType = TriggerType.Api,
        Trigger = new RawJson("""{"type":"api"}"""),
        Cause = new Cause("token", null),
    };
}
