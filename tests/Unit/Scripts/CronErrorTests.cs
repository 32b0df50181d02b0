using System.Globalization;
using Sandbox.Supervisor.Scripts;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Scripts;

/// <summary>What is wrong with a cron expression is told by field, value, range and place.</summary>
public sealed class CronErrorTests
{
    [Theory(Timeout = 10_000)]
    [InlineData("60 * * * *", 1, "minute", "'60'", "0 to 59")]
    [InlineData("0 24 * * *", 3, "hour", "'24'", "0 to 23")]
    [InlineData("0 0 0 * *", 5, "day of month", "'0'", "1 to 31")]
    [InlineData("0 0 1 13 *", 7, "month", "'13'", "1 to 12 or JAN to DEC")]
    [InlineData("0 0 * * 8", 9, "day of week", "'8'", "0 to 7 or SUN to SAT")]
    [InlineData("60 * * * * *", 1, "second", "'60'", "0 to 59")]
    [InlineData("0 0 25 * * *", 5, "hour", "'25'", "0 to 23")]
    [InlineData("0 0 1 FOO *", 7, "month", "'FOO'", "JAN to DEC")]
    [InlineData("0 0 * * FRY", 9, "day of week", "'FRY'", "SUN to SAT")]
    [InlineData("0 JAN * * *", 3, "hour", "'JAN'", "0 to 23")]
    [InlineData("*/0 * * * *", 1, "minute", "'0'", "1 to 59")]
    [InlineData("*/61 * * * *", 1, "minute", "'61'", "1 to 59")]
    [InlineData("0 */x * * *", 3, "hour", "'x'", "1 to 23")]
    [InlineData("0 1/2/3 * * *", 3, "hour", "'1/2/3'", "0 to 23")]
    [InlineData("0 10-30 * * *", 3, "hour", "'30'", "0 to 23")]
    [InlineData("0 1-2-3 * * *", 3, "hour", "'1-2-3'", "0 to 23")]
    [InlineData("0,,5 * * * *", 1, "minute", "','", "0 to 59")]
    [InlineData("-1 * * * *", 1, "minute", "'-1'", "0 to 59")]
    [InlineData("0 L * * *", 3, "hour", "'L'", "0 to 23")]
    [InlineData("0 0 W * *", 5, "day of month", "'W'", "1 to 31")]
    [InlineData("0 0 32W * *", 5, "day of month", "'32W'", "1 to 31")]
    [InlineData("0 0 * * 5#6", 9, "day of week", "'5#6'", "0 to 7")]
    [InlineData("0 0 * * 9L", 9, "day of week", "'9L'", "0 to 7")]
    [InlineData("0 0 1#2 * *", 5, "day of month", "'1#2'", "1 to 31")]
    [InlineData("0   0\t *  13\t*", 11, "month", "'13'", "1 to 12")]
    [InlineData("  0 99 * * *  ", 5, "hour", "'99'", "0 to 23")]
    public Task A_field_that_is_wrong_is_named_with_its_value_its_range_and_its_place(string cron, int column, string field, string value, string range)
    {
        var error = CronSchedule.Parse(cron, "UTC").Errors.ShouldHaveSingleItem();
        error.Field.ShouldBe("trigger.cron");
        error.Line.ShouldBe(1);
        error.Column.ShouldBe(column);
        error.Message.ShouldContain(field);
        error.Message.ShouldContain(value);
        error.Message.ShouldContain(range);
        error.Message.ShouldContain($"column {column}");
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [InlineData("0 0 * *", 8, "4 fields")]
    [InlineData("0 0 * * * * 2026", 13, "7 fields")]
    [InlineData("*", 2, "1 field")]
    [InlineData("@fortnightly", 1, "@daily")]
    [InlineData(" @reboot", 2, "@daily")]
    [InlineData("@daily 0", 8, "@daily")]
    public Task Too_few_or_too_many_fields_and_an_unknown_macro_are_told_with_their_place(string cron, int column, string said)
    {
        var error = CronSchedule.Parse(cron, "UTC").Errors.ShouldHaveSingleItem();
        error.Field.ShouldBe("trigger.cron");
        error.Line.ShouldBe(1);
        error.Column.ShouldBe(column);
        error.Message.ShouldContain(said);
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [InlineData("@yearly", "2027-01-01T00:00:00Z")]
    [InlineData("@annually", "2027-01-01T00:00:00Z")]
    [InlineData("@monthly", "2026-02-01T00:00:00Z")]
    [InlineData("@weekly", "2026-01-04T00:00:00Z")]
    [InlineData("@daily", "2026-01-02T00:00:00Z")]
    [InlineData("@Midnight", "2026-01-02T00:00:00Z")]
    [InlineData("@hourly", "2026-01-01T13:00:00Z")]
    [InlineData("@every_minute", "2026-01-01T12:31:00Z")]
    [InlineData("30 31 12 * * *", "2026-01-01T12:31:30Z")]
    [InlineData(" 0\t 13 \t*  *\t* ", "2026-01-01T13:00:00Z")]
    [InlineData("0 0 ? * 5", "2026-01-02T00:00:00Z")]
    [InlineData("0 0 5 * ?", "2026-01-05T00:00:00Z")]
    [InlineData("0 0 L * *", "2026-01-31T00:00:00Z")]
    [InlineData("0 0 L-2 * *", "2026-01-29T00:00:00Z")]
    [InlineData("0 0 LW * *", "2026-01-30T00:00:00Z")]
    [InlineData("0 0 3W * *", "2026-01-02T00:00:00Z")]
    [InlineData("0 0 * * 1L", "2026-01-26T00:00:00Z")]
    [InlineData("0 0 * * 1#2", "2026-01-12T00:00:00Z")]
    [InlineData("0 0 * jan,Feb sun-TUE", "2026-01-04T00:00:00Z")]
    [InlineData("0 0 * * 7", "2026-01-04T00:00:00Z")]
    [InlineData("0 22-2/2 * * *", "2026-01-01T22:00:00Z")]
    [InlineData("5/20 * * * *", "2026-01-01T12:45:00Z")]
    public Task Macros_seconds_blanks_tabs_names_last_days_and_a_range_over_the_end_are_taken(string cron, string next)
    {
        var (schedule, errors) = CronSchedule.Parse(cron, "UTC");
        errors.ShouldBeEmpty();
        schedule!.Next(new DateTimeOffset(2026, 1, 1, 12, 30, 0, TimeSpan.Zero), 1).ShouldBe([DateTimeOffset.Parse(next, CultureInfo.InvariantCulture)]);
        return Task.CompletedTask;
    }

    [Fact]
    public void A_long_value_is_told_in_part()
    {
        CronSchedule.Parse($"0 0 * * {new string('x', 5_000)}", "UTC").Errors.ShouldHaveSingleItem().Message.Length.ShouldBeLessThan(300);
    }
}
