using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Executions;
using Shouldly;

namespace Sandbox.Tests.Unit.Executions;

public sealed class LogBufferTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static bool Append(LogBuffer log, params WorkerLogLine[] lines) => log.Append(lines, s_start, s_start.AddSeconds(1));

    private static WorkerLogLine Line(string literal, string? metadata = null, int level = 1) => new(0, level, literal, metadata);

    [Fact]
    public void A_lone_surrogate_and_a_nul_come_through()
    {
        var log = new LogBuffer();
        Append(log, Line("\"a\\ud800b\\u0000\"")).ShouldBeTrue();
        log.Lines.Single().Message.ShouldBe("a\ud800b\0");
    }

    [Theory]
    [InlineData("no literal", null, 1)]
    [InlineData("\"open", null, 1)]
    [InlineData("\"a\"", "{", 1)]
    [InlineData("\"a\"", null, 4)]
    [InlineData("\"a\"", null, -1)]
    public void A_malformed_line_is_refused(string literal, string? metadata, int level) =>
        Append(new LogBuffer(), Line(literal, metadata, level)).ShouldBeFalse();

    [Fact]
    public void A_worker_that_does_not_cut_is_cut()
    {
        var log = new LogBuffer();
        for (var i = 0; i < 5_000; i++) Append(log, Line($"\"{i}\"")).ShouldBeTrue();
        log.Lines.Count.ShouldBeLessThanOrEqualTo(1_002);
        log.Lines[^1].Message.ShouldContain("cut");

        var large = new LogBuffer();
        for (var i = 0; i < 500; i++) Append(large, Line($"\"{new string('x', 8_000)}\"")).ShouldBeTrue();
        large.Lines.Sum(l => l.Message.Length).ShouldBeLessThan(300_000);
    }

    [Fact]
    public void A_line_behind_the_cut_is_not_looked_at()
    {
        var log = new LogBuffer();
        for (var i = 0; i < 1_100; i++) Append(log, Line("\"x\"")).ShouldBeTrue();
        Append(log, Line("no literal")).ShouldBeTrue();
        log.Lines.Count.ShouldBe(1_002);
    }

    [Fact]
    public void A_time_outside_of_the_attempt_is_corrected()
    {
        var log = new LogBuffer();
        Append(log, new WorkerLogLine(long.MaxValue, 1, "\"a\"", null), new WorkerLogLine(long.MinValue, 1, "\"b\"", null));
        log.Lines[0].At.ShouldBe(s_start.AddSeconds(1));
        log.Lines[1].At.ShouldBe(s_start);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_follower_gets_every_line_in_order_and_ends_with_the_log()
    {
        var log = new LogBuffer();
        Append(log, Line("\"0\""));
        var seen = new List<int>();
        var following = Task.Run(async () =>
        {
            await foreach (var line in log.FollowAsync(0, TestContext.Current.CancellationToken)) seen.Add(line.Seq);
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < 500; i++) Append(log, Line("\"x\""));
        log.Close();
        await following;
        seen.ShouldBe(Enumerable.Range(1, 501));
    }
}
