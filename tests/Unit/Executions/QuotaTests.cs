using Sandbox.Supervisor.Executions;
using Shouldly;

namespace Sandbox.Tests.Unit.Executions;

public sealed class QuotaTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 3, 1, 12, 0, 50, TimeSpan.Zero);

    [Fact]
    public void A_minute_holds_its_number_and_says_when_the_next_begins()
    {
        var quota = new Quota();
        for (var i = 0; i < 3; i++) quota.Take(s_noon, 3, null).ShouldBeNull();
        var used = quota.Take(s_noon, 3, null);
        used!.Value.RetryAfterSeconds.ShouldBe(10);
        used.Value.Limit.ShouldContain("executions_per_minute");
        quota.Take(s_noon.AddSeconds(10), 3, null).ShouldBeNull();
    }

    [Fact]
    public void A_day_holds_its_number_whatever_the_minutes_would_allow()
    {
        var quota = new Quota();
        quota.Take(s_noon, 10, 1).ShouldBeNull();
        var used = quota.Take(s_noon.AddHours(1), 10, 1);
        used!.Value.RetryAfterSeconds.ShouldBe((int)(s_noon.Date.AddDays(1) - s_noon.AddHours(1)).TotalSeconds);
        quota.Take(s_noon.AddDays(1), 10, 1).ShouldBeNull();
    }

    [Fact]
    public async Task What_is_on_record_of_today_counts_once_and_a_count_that_failed_is_asked_again()
    {
        var quota = new Quota();
        var asked = new List<DateTimeOffset>();
        await Should.ThrowAsync<TimeoutException>(async () => await quota.CountedAsync(_ => Task.FromException<int>(new TimeoutException()), s_noon));
        for (var i = 0; i < 3; i++)
        {
            await quota.CountedAsync(
                midnight =>
                {
                    asked.Add(midnight);
                    return Task.FromResult(2);
                },
                s_noon);
        }

        asked.ShouldBe([new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)]);
        quota.Take(s_noon, 10, 3).ShouldBeNull();
        quota.Take(s_noon, 10, 3).ShouldNotBeNull();
        quota.Take(s_noon.AddDays(1), 10, 3).ShouldBeNull();
    }
}
