using Microsoft.Extensions.Time.Testing;
using Sandbox.Supervisor.Executions;
using Shouldly;

namespace Sandbox.Tests.Unit.Executions;

public sealed class QuotaTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 3, 1, 12, 0, 50, TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new(s_noon);
    private readonly Quota _quota;

    public QuotaTests() => _quota = new Quota(_time);

    [Fact]
    public void A_minute_holds_its_number_and_says_when_the_next_one_may_run()
    {
        for (var i = 0; i < 3; i++) _quota.Take(3, null).ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(10));
        var used = _quota.Take(3, null);
        used!.Value.RetryAfterSeconds.ShouldBe(50);
        used.Value.Limit.ShouldContain("executions_per_minute");
        _time.Advance(TimeSpan.FromSeconds(49));
        _quota.Take(3, null)!.Value.RetryAfterSeconds.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        _quota.Take(3, null).ShouldBeNull();
    }

    [Fact]
    public void Around_the_turn_of_a_minute_no_more_run_than_in_any_other()
    {
        for (var i = 0; i < 60; i++) _quota.Take(60, null).ShouldBeNull();
        var taken = 0;
        for (var second = 0; second < 59; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            if (_quota.Take(60, null) is null) taken++;
        }

        taken.ShouldBe(0);
    }

    [Fact]
    public void A_caller_at_exactly_the_limit_is_never_refused()
    {
        for (var i = 0; i < 600; i++)
        {
            _quota.Take(120, null).ShouldBeNull();
            _time.Advance(TimeSpan.FromMilliseconds(500));
        }
    }

    [Fact]
    public void Retry_after_waits_until_as_many_have_left_as_a_lowered_limit_wants()
    {
        _quota.Take(10, null);
        _time.Advance(TimeSpan.FromSeconds(20));
        _quota.Take(10, null);
        _quota.Take(1, null)!.Value.RetryAfterSeconds.ShouldBe(60);
        _quota.Take(2, null)!.Value.RetryAfterSeconds.ShouldBe(40);
    }

    [Fact]
    public void A_day_holds_its_number_whatever_the_minutes_would_allow()
    {
        _quota.Take(10, 1).ShouldBeNull();
        _time.Advance(TimeSpan.FromHours(1));
        var used = _quota.Take(10, 1);
        used!.Value.RetryAfterSeconds.ShouldBe((int)(s_noon.Date.AddDays(1) - s_noon.AddHours(1)).TotalSeconds);
        _time.Advance(TimeSpan.FromDays(1));
        _quota.Take(10, 1).ShouldBeNull();
    }

    [Fact]
    public async Task What_is_on_record_of_today_counts_once_and_a_count_that_failed_is_asked_again()
    {
        var asked = new List<DateTimeOffset>();
        await Should.ThrowAsync<TimeoutException>(async () => await _quota.CountedAsync(_ => Task.FromException<int>(new TimeoutException())));
        for (var i = 0; i < 3; i++)
        {
            await _quota.CountedAsync(midnight =>
            {
                asked.Add(midnight);
                return Task.FromResult(2);
            });
        }

        asked.ShouldBe([new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)]);
        _quota.Take(10, 3).ShouldBeNull();
        _quota.Take(10, 3).ShouldNotBeNull();
        _time.Advance(TimeSpan.FromDays(1));
        _quota.Take(10, 3).ShouldBeNull();
    }

    [Fact]
    public async Task A_count_that_comes_back_after_midnight_leaves_the_new_day_as_it_is()
    {
        var answer = new TaskCompletionSource<int>();
        var counted = _quota.CountedAsync(_ => answer.Task);
        _time.Advance(TimeSpan.FromHours(13));
        _quota.Take(10, 1).ShouldBeNull();
        answer.SetResult(0);
        await counted;
        _quota.Take(10, 1).ShouldNotBeNull();
    }
}
