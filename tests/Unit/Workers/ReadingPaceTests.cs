using Microsoft.Extensions.Time.Testing;
using Sandbox.Supervisor.Workers;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Workers;

public sealed class ReadingPaceTests
{
    [Fact]
    public void A_second_brings_a_seconds_bytes_and_no_more()
    {
        var time = new FakeTimeProvider();
        var pace = new ReadingPace(time);
        pace.Take(ReadingPace.BytesPerSecond).ShouldBe(TimeSpan.Zero);
        pace.Take(ReadingPace.BytesPerSecond / 2).ShouldBe(TimeSpan.FromSeconds(0.5));

        time.Advance(TimeSpan.FromSeconds(0.5));
        pace.Take(0).ShouldBe(TimeSpan.Zero);
        time.Advance(TimeSpan.FromHours(1));
        pace.Take(ReadingPace.BytesPerSecond).ShouldBe(TimeSpan.Zero);
        pace.Take(ReadingPace.BytesPerSecond).ShouldBe(TimeSpan.FromSeconds(1));
    }
}
