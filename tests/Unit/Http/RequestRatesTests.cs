using Microsoft.Extensions.Time.Testing;
using Sandbox.Supervisor.HttpTriggers;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Http;

public sealed class RequestRatesTests
{
    [Fact(Timeout = 10_000)]
    public Task A_minutes_worth_is_taken_at_once_and_then_it_refills_evenly()
    {
        var time = new FakeTimeProvider();
        var rates = new RequestRates(time);
        var script = Guid.NewGuid();

        for (var i = 0; i < 6; i++) rates.Take(script, 6).ShouldBeNull();
        rates.Take(script, 6).ShouldBe(10);
        time.Advance(TimeSpan.FromSeconds(10));
        rates.Take(script, 6).ShouldBeNull();
        rates.Take(script, 6).ShouldNotBeNull();
        time.Advance(TimeSpan.FromHours(1));
        for (var i = 0; i < 6; i++) rates.Take(script, 6).ShouldBeNull();
        rates.Take(script, 6).ShouldNotBeNull();
        return Task.CompletedTask;
    }

    [Fact(Timeout = 10_000)]
    public Task One_endpoint_does_not_use_up_anothers()
    {
        var rates = new RequestRates(new FakeTimeProvider());
        rates.Take(Guid.NewGuid(), 1).ShouldBeNull();
        rates.Take(Guid.NewGuid(), 1).ShouldBeNull();
        return Task.CompletedTask;
    }

    [Fact(Timeout = 10_000)]
    public Task An_endpoint_that_nobody_calls_for_a_minute_is_forgotten_and_another_is_not()
    {
        var time = new FakeTimeProvider();
        var rates = new RequestRates(time);
        var busy = Guid.NewGuid();
        for (var i = 0; i < 100; i++) rates.Take(Guid.NewGuid(), 1).ShouldBeNull();
        time.Advance(TimeSpan.FromSeconds(59));
        rates.Take(busy, 1).ShouldBeNull();
        rates.Count.ShouldBe(101);
        time.Advance(TimeSpan.FromSeconds(1));
        rates.Take(busy, 1).ShouldBe(59);
        rates.Count.ShouldBe(1);
        return Task.CompletedTask;
    }
}
