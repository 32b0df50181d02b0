using System.Globalization;
using Sandbox.Supervisor.Scripts;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Scripts;

public sealed class CronScheduleTests
{
    private static IEnumerable<string> Next(string cron, string zone, string from, int count) =>
        CronSchedule.Parse(cron, zone).Schedule.ShouldNotBeNull()
            .Next(DateTimeOffset.Parse(from, CultureInfo.InvariantCulture), count)
            .Select(time => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    [Fact(Timeout = 10_000)]
    public Task Midnight_is_that_of_the_time_zone()
    {
        Next("0 0 * * *", "Asia/Tashkent", "2026-01-01T00:00:00Z", 2).ShouldBe(["2026-01-01T19:00:00Z", "2026-01-02T19:00:00Z"]);
        return Task.CompletedTask;
    }

    [Fact(Timeout = 10_000)]
    public Task Where_both_days_are_set_either_matches_as_in_crontab()
    {
        // The 13th, and every Friday (the 2nd, 9th, 16th of January 2026).
        Next("0 0 13 * 5", "UTC", "2026-01-01T00:00:00Z", 4).ShouldBe(["2026-01-02T00:00:00Z", "2026-01-09T00:00:00Z", "2026-01-13T00:00:00Z", "2026-01-16T00:00:00Z"]);
        return Task.CompletedTask;
    }

    [Fact]
    public void A_day_that_never_comes_is_refused()
    {
        var error = CronSchedule.Parse("0 0 30 2 *", "UTC").Errors.ShouldHaveSingleItem();
        error.Field.ShouldBe("trigger.cron");
        error.Column.ShouldBe(5);
        CronSchedule.Parse("0 0 29 2 *", "UTC").Errors.ShouldBeEmpty();
    }
}
