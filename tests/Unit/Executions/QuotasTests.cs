using Microsoft.Extensions.Time.Testing;
using Sandbox.Supervisor.Executions;
using Shouldly;

namespace Sandbox.Tests.Unit.Executions;

public sealed class QuotasTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 23, 59, 30, TimeSpan.Zero));

    [Fact]
    public void A_quota_is_dropped_once_its_minute_and_its_day_are_over()
    {
        var quotas = new Quotas(_time);
        var tenant = Guid.NewGuid();
        quotas.Of(tenant).Take(1, null).ShouldBeNull();

        // The day is over, the minute is not.
        _time.Advance(TimeSpan.FromSeconds(40));
        quotas.Of(tenant).Take(1, null)!.Value.RetryAfterSeconds.ShouldBe(20);

        // The minute is over, the day is not.
        _time.Advance(TimeSpan.FromHours(1));
        quotas.Of(Guid.NewGuid());
        quotas.Count.ShouldBe(2);

        _time.Advance(TimeSpan.FromDays(1));
        quotas.Of(Guid.NewGuid());
        quotas.Count.ShouldBe(1);
    }
}
