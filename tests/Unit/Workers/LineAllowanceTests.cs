using Microsoft.Extensions.Time.Testing;
using Sandbox.Supervisor.Workers;
using Shouldly;

namespace Sandbox.Tests.Unit.Workers;

public sealed class LineAllowanceTests
{
    [Fact]
    public void All_that_a_worker_of_ours_can_send_of_one_invocation_is_within_the_allowance()
    {
        var allowance = LineAllowance.OfInvocation(new FakeTimeProvider(), 1_000, 256 * 1024);
        for (var line = 0; line < 1_001; line++) allowance.Take(1, 6 * 262).ShouldBeTrue();
    }

    [Theory]
    [InlineData(1, 10, 4_004)]
    [InlineData(1, 8_000, 262)]
    [InlineData(10_000, 0, 0)]
    public void An_invocations_allowance_ends_and_does_not_come_back(int lines, long characters, int messagesMax)
    {
        var time = new FakeTimeProvider();
        var allowance = LineAllowance.OfInvocation(time, 1_000, 256 * 1024);
        var taken = 0;
        while (allowance.Take(lines, characters)) taken++;
        taken.ShouldBe(messagesMax);
        time.Advance(TimeSpan.FromHours(1));
        allowance.Take(1, 1).ShouldBeFalse();
    }

    [Fact]
    public void Stray_lines_are_counted_per_second()
    {
        var time = new FakeTimeProvider();
        var allowance = LineAllowance.OfStrays(time);
        for (var second = 0; second < 10; second++)
        {
            allowance.Take(20_000, 1_000).ShouldBeTrue();
            time.Advance(TimeSpan.FromSeconds(1));
        }

        allowance.Take(20_000, 0).ShouldBeTrue();
        allowance.Take(1, 0).ShouldBeFalse();
    }
}
