using Sandbox.Supervisor.Workers;
using Sandbox.Supervisor.Workers.Launch;
using Shouldly;

namespace Sandbox.Tests.Unit.Workers;

public sealed class WorkerPoolFairnessTests
{
    private const int TimeoutMs = 30_000;
    private static readonly Guid s_busy = Guid.NewGuid();
    private static readonly Guid s_small = Guid.NewGuid();

    [Fact(Timeout = TimeoutMs)]
    public async Task A_tenant_with_a_hundred_waiters_does_not_hold_up_one_with_a_single_waiter()
    {
        await using var rig = PoolRig.Create(new WorkersOptions { Spare = 0, Max = 2, SlotsPerWorker = 1 });
        rig.Source.StartsAtOnce = false;
        await rig.Pool.StartAsync(TestContext.Current.CancellationToken);
        var busy = Enumerable.Range(0, 100).Select(_ => rig.LeaseAsync(s_busy)).ToArray();
        var small = rig.LeaseAsync(s_small);

        (await rig.Source.NextStartAsync()).Ready();
        using var first = await busy[0];
        small.IsCompleted.ShouldBeFalse();
        (await rig.Source.NextStartAsync()).Ready();
        using var second = await small;

        rig.Pool.State.Waiting.ShouldBe(99);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task Waiters_of_one_tenant_are_served_in_their_order_and_no_newcomer_overtakes_them()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 1, SlotsPerWorker = 1 });
        var lease = await rig.LeaseAsync(s_busy);
        var waiting = Enumerable.Range(0, 5).Select(_ => rig.LeaseAsync(s_busy)).ToArray();

        foreach (var next in waiting)
        {
            rig.TryLease(s_busy).ShouldBeNull();
            lease.Dispose();
            lease = await next;
            waiting.Count(w => w.IsCompleted).ShouldBe(Array.IndexOf(waiting, next) + 1);
        }

        lease.Dispose();
        rig.Pool.State.Waiting.ShouldBe(0);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_waiter_that_gives_up_leaves_no_trace_and_the_next_one_is_served()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 1, SlotsPerWorker = 1 });
        var lease = await rig.LeaseAsync(s_busy);
        using var cancel = new CancellationTokenSource();
        var first = rig.LeaseAsync(s_busy, cancellationToken: cancel.Token);
        var second = rig.LeaseAsync(s_busy);
        var other = rig.LeaseAsync(s_small, cancellationToken: cancel.Token);

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(first);
        await Should.ThrowAsync<OperationCanceledException>(other);
        rig.Pool.State.Waiting.ShouldBe(1);
        rig.Pool.State.TenantsWaiting.ShouldBe(1);
        lease.Dispose();
        (await second).Dispose();
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_grant_that_races_with_giving_up_is_never_lost()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 1, SlotsPerWorker = 1 });
        for (var i = 0; i < 2_000; i++)
        {
            var lease = await rig.LeaseAsync(s_busy);
            using var cancel = new CancellationTokenSource();
            var racing = rig.LeaseAsync(s_busy, cancellationToken: cancel.Token);
            var next = rig.LeaseAsync(s_busy);

            await Task.WhenAll(Task.Run(lease.Dispose), Task.Run(cancel.Cancel));

            try
            {
                (await racing).Dispose();
            }
            catch (OperationCanceledException)
            {
                // Its place went to the next one.
            }

            (await next).Dispose();
            rig.Pool.State.ShouldSatisfyAllConditions(state => state.Busy.ShouldBe(0), state => state.Waiting.ShouldBe(0));
        }
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task At_the_maximum_the_longest_idle_worker_of_another_tenant_makes_room_at_once()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 0, Max = 2, SlotsPerWorker = 1 });
        var old = await rig.LeaseAsync(Guid.NewGuid());
        var young = await rig.LeaseAsync(Guid.NewGuid());
        var waiting = rig.LeaseAsync(s_small);
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));
        waiting.IsCompleted.ShouldBeFalse();
        rig.Source.Started.ShouldBe(2);

        // The clock stands: the release itself makes room.
        old.Dispose();

        using var served = await waiting;
        PoolRig.Of(old).KilledFor.ShouldBe(KillReason.MakingRoom);
        PoolRig.Of(young).KilledFor.ShouldBeNull();
        young.Dispose();
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_worker_that_cannot_be_killed_does_not_keep_others_from_making_room()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 0, Max = 2, SlotsPerWorker = 1 });
        var (stuck, idle) = (await rig.LeaseAsync(Guid.NewGuid()), await rig.LeaseAsync(Guid.NewGuid()));
        PoolRig.Of(stuck).Unkillable = true;
        stuck.Dispose();
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));
        idle.Dispose();
        var waiting = rig.LeaseAsync(s_small);
        await PoolRig.UntilAsync(() => PoolRig.Of(stuck).KilledFor == KillReason.MakingRoom);

        await rig.AdvanceAsync(TimeSpan.FromSeconds(5));

        using var served = await waiting;
        PoolRig.Of(idle).KilledFor.ShouldBe(KillReason.MakingRoom);
        PoolRig.Of(stuck).Exit();
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task Nothing_is_kept_of_tenants_that_went()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 0, Max = 1, SlotsPerWorker = 1 });
        for (var i = 0; i < 100; i++)
        {
            rig.TryLease(Guid.NewGuid()).ShouldBeNull();
            (await rig.LeaseAsync(Guid.NewGuid())).Dispose();
        }

        rig.Pool.State.ShouldSatisfyAllConditions(state => state.TenantsServed.ShouldBe(1), state => state.TenantsWaiting.ShouldBe(0));
    }
}
