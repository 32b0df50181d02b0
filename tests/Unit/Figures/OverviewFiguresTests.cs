using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Figures;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Figures;

public sealed class OverviewFiguresTests
{
    private static readonly Guid s_one = new("00000000-0000-0000-0000-000000000001");
    private static readonly Guid s_two = new("00000000-0000-0000-0000-000000000002");
    private static readonly DateTimeOffset s_hour = new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_95th_of_100_lies_in_the_bucket_that_reaches_it()
    {
        Figures(Script(s_one, (8, 95), (40, 5))).RanMs.ShouldBe(4);
        Figures(Script(s_one, (8, 94), (40, 6))).RanMs.ShouldBe(1024);
        Figures(Script(s_one, (8, 47)), Script(s_two, (8, 48), (40, 5))).RanMs.ShouldBe(4);
    }

    [Fact]
    public void What_did_not_run_has_no_share_in_the_time()
    {
        var script = Script(s_one) with { Failed = 10 };
        var figures = Figures(script);

        figures.RanMs.ShouldBeNull();
        figures.WaitedMs.ShouldBeNull();
        var found = OverviewFigures.Scripts([script], [s_hour.AddHours(-1), s_hour]).ShouldHaveSingleItem();
        (found.Failures, found.Executions, found.RanMs).ShouldBe((10, 10, null));
        found.Hours.ShouldBe([new OverviewHour(s_hour.AddHours(-1), 0, 0, 0, 0), new OverviewHour(s_hour, 0, 10, 0, 0)]);
    }

    [Fact]
    public void An_hour_is_the_sum_of_its_scripts_and_another_hour_has_none()
    {
        var figures = Figures(
            Script(s_one) with { Completed = 7, Failed = 2 },
            Script(s_two) with { TimedOut = 1, Cancelled = 4 },
            Script(s_two) with { Hour = s_hour.AddHours(-1).UtcDateTime, Completed = 100 });

        var found = figures.Hour(s_hour);
        (found.Completed, found.Failed, found.TimedOut, found.Cancelled, found.Total).ShouldBe((7, 2, 1, 4, 14));
        figures.Hour(s_hour.AddHours(1)).Total.ShouldBe(0);
    }

    [Fact]
    public void The_worst_of_stored_hours_and_of_the_running_one_are_candidates()
    {
        var stored = new TenantHour
        {
            Hour = s_hour.AddHours(-1).UtcDateTime,
            Completed = 0,
            Failed = 0,
            TimedOut = 0,
            Cancelled = 0,
            RanBuckets = [],
            RanCounts = [],
            WaitedBuckets = [4],
            WaitedCounts = [1],
            Failing = [s_one],
            Slowest = [],
        };
        var figures = new OverviewFigures([stored], Live(Script(s_two, (8, 1))));

        figures.Candidates.ShouldBe([s_one, s_two], ignoreOrder: true);
        figures.WaitedMs.ShouldBe(2);
    }

    [Fact]
    public void Versions_have_their_own_times_the_newest_first()
    {
        var found = OverviewFigures.Versions([Script(s_one, (8, 10)), Script(s_one, (40, 9), (44, 1)) with { Version = 2, Failed = 1 }]).ToArray();

        found.Select(version => (version.Version, version.Executions, version.Failures, version.MedianMs, version.RanMs))
            .ShouldBe([(2, 11L, 1L, 1024d, 2048d), (1, 10L, 0L, 4d, 4d)]);
    }

    private static OverviewFigures Figures(params ScriptHour[] hours) => new([], Live(hours));

    private static LiveFigures Live(params ScriptHour[] hours) => new(s_hour.UtcDateTime, [s_hour.UtcDateTime], hours, [], []);

    private static ScriptHour Script(Guid script, params (int Bucket, int Count)[] ran) => new()
    {
        ScriptId = script,
        Version = 1,
        Hour = s_hour.UtcDateTime,
        Completed = ran.Sum(bucket => bucket.Count),
        Failed = 0,
        TimedOut = 0,
        Cancelled = 0,
        RanBuckets = [.. ran.Select(bucket => (short)bucket.Bucket)],
        RanCounts = [.. ran.Select(bucket => bucket.Count)],
    };
}
