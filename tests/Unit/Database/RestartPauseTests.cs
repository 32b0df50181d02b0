using Sandbox.Supervisor.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Database;

public sealed class RestartPauseTests
{
    [Fact]
    public void Each_pause_is_twice_the_one_before_up_to_ten_seconds_and_a_minute_alive_starts_anew()
    {
        var pause = new RestartPause();
        Enumerable.Range(0, 9).Select(_ => pause.After(TimeSpan.Zero).TotalSeconds).ShouldBe([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10]);
        pause.After(TimeSpan.FromSeconds(59)).TotalSeconds.ShouldBe(10);
        pause.After(TimeSpan.FromSeconds(60)).TotalSeconds.ShouldBe(0.1);
        pause.Following.TotalSeconds.ShouldBe(0.2);
    }
}
