using Sandbox.Supervisor.History;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.History;

public sealed class OverviewFiguresTests
{
    private static readonly Guid s_one = new("00000000-0000-0000-0000-000000000001");
    private static readonly Guid s_two = new("00000000-0000-0000-0000-000000000002");

    [Fact]
    public void The_95th_of_100_lies_in_the_bucket_that_reaches_it()
    {
        var at = new OverviewFigures([Script(s_one, 8, 95), Script(s_one, 40, 5)]);
        var past = new OverviewFigures([Script(s_one, 8, 94), Script(s_one, 40, 6)]);

        at.RanMs.ShouldBe(4);
        past.RanMs.ShouldBe(1024);
    }

    [Fact]
    public void What_did_not_run_has_no_share_in_the_time()
    {
        var figures = new OverviewFigures([Script(s_one, null, 10, hasFailed: true)]);

        figures.RanMs.ShouldBeNull();
        figures.WaitedMs.ShouldBeNull();
        figures.Slowest().ShouldBeEmpty();
        figures.Failing().ShouldHaveSingleItem().Failures.ShouldBe(10);
    }

    [Fact]
    public void Scripts_are_ordered_by_their_failures_and_by_their_time()
    {
        var figures = new OverviewFigures([Script(s_one, 8, 10), Script(s_one, 8, 1, hasFailed: true), Script(s_two, 4, 3, hasFailed: true)]);

        figures.Failing().Select(script => (script.ScriptId, script.Failures, script.Executions)).ShouldBe([(s_two, 3, 3), (s_one, 1, 11)]);
        figures.Slowest().Select(script => (script.ScriptId, script.RanMs)).ShouldBe([(s_one, 4), (s_two, 2)]);
    }

    [Fact]
    public void An_hour_has_its_executions_by_their_end_and_another_hour_none()
    {
        var hour = new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);
        var figures = new OverviewFigures([Hour(hour, "completed", 7), Hour(hour, "failed", 2), Hour(hour, "timeout", 1), Hour(hour, "cancelled", 4)]);

        var found = figures.Hour(hour);
        (found.Completed, found.Failed, found.TimedOut, found.Cancelled, found.Total).ShouldBe((7, 2, 1, 4, 14));
        figures.Hour(hour.AddHours(1)).Total.ShouldBe(0);
    }

    private static OverviewCell Script(Guid script, int? bucket, long count, bool hasFailed = false) => new(null, null, script, hasFailed, bucket, count);

    private static OverviewCell Hour(DateTimeOffset hour, string status, long count) => new(hour.UtcDateTime, status, null, null, null, count);
}
