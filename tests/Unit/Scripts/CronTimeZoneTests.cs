using System.Globalization;
using Sandbox.Supervisor.Scripts;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Scripts;

/// <summary>A schedule over changes of the clock, beside a reference that steps minute by minute.</summary>
public sealed class CronTimeZoneTests
{
    private static readonly string[] s_peculiar =
    [
        "Europe/Dublin", "Africa/Casablanca", "Africa/El_Aaiun", "Africa/Windhoek", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/Havana",
        "Africa/Cairo", "Asia/Beirut", "Asia/Gaza", "Asia/Tehran", "Atlantic/Azores", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Fakaofo", "America/Caracas",
        "Asia/Pyongyang", "Asia/Tashkent", "America/Scoresbysund", "Antarctica/Troll", "Europe/Istanbul", "Europe/Volgograd", "Pacific/Norfolk", "UTC",
    ];

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static CronSchedule Schedule(string cron, string zone) => CronSchedule.Parse(cron, zone).Schedule.ShouldNotBeNull();

    [Theory(Timeout = 10_000)]
    [InlineData("Europe/Dublin", "11 * * * *", "2025-03-29T23:24:00Z", "2025-03-30T00:11:00Z", "2025-03-30T01:11:00Z", "2025-03-30T02:11:00Z")]
    [InlineData("Europe/Dublin", "20 * * * *", "2025-10-25T23:30:00Z", "2025-10-26T00:20:00Z", "2025-10-26T01:20:00Z", "2025-10-26T02:20:00Z")]
    [InlineData("Europe/Dublin", "30 1 * * *", "2025-03-29T02:00:00Z", "2025-03-30T01:00:00Z", "2025-03-31T00:30:00Z", "2025-04-01T00:30:00Z")]
    [InlineData("Europe/Dublin", "30 1 * * *", "2025-10-25T02:00:00Z", "2025-10-26T00:30:00Z", "2025-10-27T01:30:00Z", "2025-10-28T01:30:00Z")]
    [InlineData("Africa/Casablanca", "30 2 * * *", "2025-02-22T12:00:00Z", "2025-02-23T01:30:00Z", "2025-02-24T02:30:00Z", "2025-02-25T02:30:00Z")]
    [InlineData("Africa/Casablanca", "30 2 * * *", "2025-04-05T12:00:00Z", "2025-04-06T02:00:00Z", "2025-04-07T01:30:00Z", "2025-04-08T01:30:00Z")]
    [InlineData("Africa/Windhoek", "20 * * * *", "2013-04-06T23:30:00Z", "2013-04-07T00:20:00Z", "2013-04-07T01:20:00Z", "2013-04-07T02:20:00Z")]
    [InlineData("America/New_York", "*/20 2 * * *", "2025-03-08T12:00:00Z", "2025-03-09T07:00:00Z", "2025-03-10T06:00:00Z", "2025-03-10T06:20:00Z")]
    [InlineData("Africa/Cairo", "0 */6 * * *", "2025-04-24T17:00:00Z", "2025-04-24T22:00:00Z", "2025-04-25T03:00:00Z", "2025-04-25T09:00:00Z")]
    public Task Runs_around_a_change_of_the_clock_are(string zone, string cron, string from, string first, string second, string third)
    {
        Schedule(cron, zone).Next(Utc(from), 3).ShouldBe([Utc(first), Utc(second), Utc(third)]);
        return Task.CompletedTask;
    }

    [Theory(Timeout = 120_000)]
    [InlineData("11 * * * *")]
    [InlineData("20 * * * *")]
    [InlineData("30 2 * * *")]
    [InlineData("0 */6 * * *")]
    public Task Over_every_change_of_the_clock_no_run_is_lost_and_none_comes_twice(string cron)
    {
        var zones = TimeZoneInfo.GetSystemTimeZones().Where(zone => zone.HasIanaId).Where((_, index) => index % 5 == 0).Select(zone => zone.Id).Union(s_peculiar).ToArray();
        zones.Length.ShouldBeGreaterThanOrEqualTo(60);
        var compared = 0;
        foreach (var id in zones)
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
            var schedule = Schedule(cron, id);
            foreach (var change in Changes(zone))
            {
                var (from, until) = (change.AddDays(-1), change.AddDays(1));
                var expected = Reference(cron, zone, from, until);
                Walk(schedule, from, until).ShouldBe(expected, $"{cron} in {id} around {change:O}");
                // A scheduler that starts at any other moment sees the same runs.
                for (var moment = from; moment < until; moment = moment.AddMinutes(97))
                {
                    var next = expected.Find(time => time > moment);
                    if (next != default) schedule.Next(moment, 1).ShouldBe([next], $"{cron} in {id} after {moment:O}");
                }

                compared++;
            }
        }

        compared.ShouldBeGreaterThan(500);
        return Task.CompletedTask;
    }

    private static List<DateTimeOffset> Walk(CronSchedule schedule, DateTimeOffset from, DateTimeOffset until)
    {
        var times = new List<DateTimeOffset>();
        for (var at = from; schedule.Next(at, 1) is [var next] && next <= until; at = next)
        {
            next.ShouldBeGreaterThan(at);
            times.Add(next);
        }

        return times;
    }

    /// <summary>No zone changes its clock and back within a day: days are compared first, then the half hours of one that differs.</summary>
    private static IEnumerable<DateTimeOffset> Changes(TimeZoneInfo zone)
    {
        var end = Utc("2030-12-31T00:00:00Z");
        for (var day = Utc("2010-01-02T00:00:00Z"); day < end; day = day.AddDays(1))
        {
            if (zone.GetUtcOffset(day) == zone.GetUtcOffset(day.AddDays(-1))) continue;
            for (var at = day.AddDays(-1).AddMinutes(30); at <= day; at = at.AddMinutes(30))
                if (zone.GetUtcOffset(at) != zone.GetUtcOffset(at.AddMinutes(-30))) yield return at;
        }
    }

    /// <summary>Every minute of UTC is looked at. Knows the four expressions above and nothing of the product's own way.</summary>
    private static List<DateTimeOffset> Reference(string cron, TimeZoneInfo zone, DateTimeOffset from, DateTimeOffset until)
    {
        var fields = cron.Split(' ');
        var everyHour = fields[1] == "*";
        var minute = int.Parse(fields[0], CultureInfo.InvariantCulture);
        bool Matches(DateTime wall) => wall.Minute == minute && (fields[1] switch { "*" => true, "*/6" => wall.Hour % 6 == 0, var hour => wall.Hour == int.Parse(hour, CultureInfo.InvariantCulture) });

        var times = new List<DateTimeOffset>();
        var seen = new HashSet<DateTime>();
        var before = zone.GetUtcOffset(from.AddDays(-2));
        for (var at = from.AddDays(-2); at <= until; at = at.AddMinutes(1))
        {
            var offset = zone.GetUtcOffset(at);
            var wall = at.UtcDateTime + offset;
            var due = Matches(wall) && (everyHour || !seen.Contains(wall));
            if (!everyHour)
                for (var missing = at.UtcDateTime + before; missing < wall; missing = missing.AddMinutes(1))
                    due |= Matches(missing);
            seen.Add(wall);
            before = offset;
            if (due && at > from) times.Add(at);
        }

        return times;
    }
}
