using Sandbox.Supervisor.Workers;
using Sandbox.Supervisor.Workers.Launch;
using Shouldly;

namespace Sandbox.Tests.Unit.Workers;

public sealed class WorkerPoolStartAndStopTests
{
    private const int TimeoutMs = 30_000;

    [Fact(Timeout = TimeoutMs)]
    public async Task Starts_that_fail_are_tried_again_after_a_tenth_of_a_second_doubling_to_ten_seconds()
    {
        await using var rig = PoolRig.Create(new WorkersOptions { Spare = 1, Max = 4 });
        rig.Source.StartsAtOnce = false;
        await rig.Pool.StartAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
        {
            rig.Pool.State.CrashLoop.ShouldBeFalse();
            (await rig.Source.NextStartAsync()).Fail();
        }

        foreach (var delayMs in (int[])[100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000])
        {
            await rig.UntilAsync(state => state is { Starting: 0, CrashLoop: true });
            rig.Time.Advance(TimeSpan.FromMilliseconds(delayMs - 50));
            rig.Source.HasStart.ShouldBeFalse();
            rig.Time.Advance(TimeSpan.FromMilliseconds(50));
            (await rig.Source.NextStartAsync()).Fail();
        }
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_crash_loop_is_tried_by_one_start_at_a_time()
    {
        await using var rig = PoolRig.Create(new WorkersOptions { Spare = 4, Max = 4 });
        rig.Source.StartsAtOnce = false;
        await rig.Pool.StartAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++) (await rig.Source.NextStartAsync()).Fail();
        await rig.UntilAsync(state => state.CrashLoop);
        // Those that were under way already.
        while (rig.Pool.State.Starting > 0)
        {
            if (rig.Source.HasStart) (await rig.Source.NextStartAsync()).Fail();
            await Task.Yield();
        }

        rig.Time.Advance(TimeSpan.FromSeconds(10));
        await rig.Source.NextStartAsync();
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        rig.Pool.State.Starting.ShouldBe(1);
        rig.Source.HasStart.ShouldBeFalse();
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_crash_loop_is_over_once_all_spares_are_there_and_none_has_died_for_ten_seconds()
    {
        await using var rig = await InCrashLoopAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        (await rig.Source.NextStartAsync()).Ready();
        await rig.UntilAsync(state => state is { Spare: 1, CrashLoop: true });

        await rig.AdvanceAsync(TimeSpan.FromSeconds(10));

        rig.Pool.State.CrashLoop.ShouldBeFalse();
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_crash_loop_is_over_once_a_worker_that_started_since_has_served_someone()
    {
        await using var rig = await InCrashLoopAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        (await rig.Source.NextStartAsync()).Ready();

        var lease = await rig.LeaseAsync(Guid.NewGuid());
        rig.Pool.State.CrashLoop.ShouldBeTrue();
        lease.Dispose();

        rig.Pool.State.CrashLoop.ShouldBeFalse();
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task Spares_that_die_count_as_failed_starts()
    {
        await using var rig = PoolRig.Create(new WorkersOptions { Spare = 1, Max = 4 });
        rig.Source.StartsAtOnce = false;
        await rig.Pool.StartAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++) (await rig.Source.NextStartAsync()).Ready().Exit();

        await rig.UntilAsync(state => state is { CrashLoop: true, Spare: 0 });

        rig.Time.Advance(TimeSpan.FromMilliseconds(100));
        (await rig.Source.NextStartAsync()).Ready();
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task Stopping_kills_all_workers_and_starts_no_more()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 4 });
        var lease = await rig.LeaseAsync(Guid.NewGuid());
        await rig.UntilAsync(state => state.Spare == 1);
        var started = rig.Source.Started;

        await rig.Pool.StopAsync(CancellationToken.None);

        PoolRig.Of(lease).KilledFor.ShouldBe(KillReason.SupervisorStops);
        await rig.UntilAsync(state => state is { Alive: 0, Starting: 0 });
        rig.Source.Started.ShouldBe(started);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task Stopping_waits_for_a_worker_that_cannot_be_killed_for_five_seconds_at_most()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 4 });
        var stuck = PoolRig.Of(await rig.LeaseAsync(Guid.NewGuid()));
        stuck.Unkillable = true;

        var stopped = rig.Pool.StopAsync(CancellationToken.None);
        await PoolRig.UntilAsync(() => stuck.KilledFor is not null);
        stopped.IsCompleted.ShouldBeFalse();
        while (!stopped.IsCompleted)
        {
            rig.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        await stopped;
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_worker_that_gets_ready_while_the_pool_stops_is_killed_before_the_stop_is_over()
    {
        await using var rig = PoolRig.Create(new WorkersOptions { Spare = 1, Max = 1 });
        rig.Source.StartsAtOnce = false;
        rig.Source.IgnoresCancellation = true;
        await rig.Pool.StartAsync(TestContext.Current.CancellationToken);
        var start = await rig.Source.NextStartAsync();

        var stopped = rig.Pool.StopAsync(CancellationToken.None);
        stopped.IsCompleted.ShouldBeFalse();
        var worker = start.Ready();
        await stopped;

        worker.KilledFor.ShouldBe(KillReason.SupervisorStops);
        worker.Disposed.ShouldBeTrue();
    }

    private static async Task<PoolRig> InCrashLoopAsync()
    {
        var rig = PoolRig.Create(new WorkersOptions { Spare = 1, Max = 4 });
        rig.Source.StartsAtOnce = false;
        await rig.Pool.StartAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++) (await rig.Source.NextStartAsync()).Fail();
        await rig.UntilAsync(state => state is { Starting: 0, CrashLoop: true });
        return rig;
    }
}
