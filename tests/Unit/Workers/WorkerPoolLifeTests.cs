using Sandbox.Supervisor.Workers;
using Sandbox.Supervisor.Workers.Launch;
using Shouldly;

namespace Sandbox.Tests.Unit.Workers;

public sealed class WorkerPoolLifeTests
{
    private const int TimeoutMs = 30_000;
    private static readonly Guid s_tenant = Guid.NewGuid();

    [Fact(Timeout = TimeoutMs)]
    public async Task A_spare_is_bound_to_its_first_tenant_for_life_and_replaced()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 4 });
        var first = await rig.LeaseAsync(s_tenant);
        first.Dispose();
        await rig.UntilAsync(state => state is { Spare: 1, Idle: 1 });

        using var other = await rig.LeaseAsync(Guid.NewGuid());
        using var again = await rig.LeaseAsync(s_tenant);

        other.Worker.ShouldNotBe(first.Worker);
        again.Worker.ShouldBe(first.Worker);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task The_pool_grows_to_its_maximum_and_no_further()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 2, Max = 5, SlotsPerWorker = 1 });
        var leases = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => rig.LeaseAsync(Guid.NewGuid())));
        var waiting = rig.LeaseAsync(Guid.NewGuid());

        for (var i = 0; i < 5; i++) await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        rig.Source.Started.ShouldBe(5);
        waiting.IsCompleted.ShouldBeFalse();
        leases[0].Dispose();
        (await waiting).Dispose();
        foreach (var lease in leases) lease.Dispose();
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_quarantined_version_runs_in_a_worker_of_its_own()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 4 });
        var (bad, good) = (Guid.NewGuid(), Guid.NewGuid());
        using var before = await rig.LeaseAsync(s_tenant, bad);
        rig.Pool.Quarantine(bad);

        using var alone = await rig.LeaseAsync(s_tenant, bad);
        using var together = await rig.LeaseAsync(s_tenant, good);
        using var aloneAgain = await rig.LeaseAsync(s_tenant, bad);

        alone.Worker.ShouldNotBe(before.Worker);
        aloneAgain.Worker.ShouldBe(alone.Worker);
        together.Worker.ShouldBe(before.Worker);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_worker_that_served_enough_takes_nothing_new_and_ends_with_its_last_lease()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 4, RecycleAfterExecutions = 3 });
        var longest = await rig.LeaseAsync(s_tenant);
        for (var i = 0; i < 3; i++) (await rig.LeaseAsync(s_tenant)).Dispose();

        using (var next = await rig.LeaseAsync(s_tenant)) next.Worker.ShouldNotBe(longest.Worker);
        PoolRig.Of(longest).KilledFor.ShouldBeNull();
        longest.Dispose();

        PoolRig.Of(longest).KilledFor.ShouldBe(KillReason.Recycled);
        await PoolRig.UntilAsync(() => PoolRig.Of(longest).Disposed);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task An_old_worker_takes_nothing_new_and_ends_with_its_last_lease()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 4, RecycleAfter = TimeSpan.FromHours(1) });
        var lease = await rig.LeaseAsync(s_tenant);

        await rig.AdvanceAsync(TimeSpan.FromHours(1));

        using (var next = await rig.LeaseAsync(s_tenant)) next.Worker.ShouldNotBe(lease.Worker);
        PoolRig.Of(lease).KilledFor.ShouldBeNull();
        lease.Dispose();
        PoolRig.Of(lease).KilledFor.ShouldBe(KillReason.Recycled);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_worker_that_is_idle_for_long_ends_and_one_that_serves_stays()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 4, IdleAfter = TimeSpan.FromMinutes(10) });
        using var serving = await rig.LeaseAsync(Guid.NewGuid());
        var idle = await rig.LeaseAsync(s_tenant);
        idle.Dispose();

        await rig.AdvanceAsync(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        PoolRig.Of(idle).KilledFor.ShouldBeNull();
        await rig.AdvanceAsync(TimeSpan.FromSeconds(1));

        PoolRig.Of(idle).KilledFor.ShouldBe(KillReason.Idle);
        PoolRig.Of(serving).KilledFor.ShouldBeNull();
    }

    [Theory(Timeout = TimeoutMs)]
    [InlineData(100, 81, true)]
    [InlineData(100, 80, false)]
    [InlineData(99, 81, false)]
    public async Task A_worker_whose_memory_has_grown_past_its_share_ends_once_it_has_served_enough(int served, long memoryBytes, bool ends)
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 4, RecycleAtMemoryShare = 0.8 });
        FakePoolWorker? worker = null;
        for (var i = 0; i < served; i++)
        {
            using var lease = await rig.LeaseAsync(s_tenant);
            (worker = PoolRig.Of(lease)).MemoryBytes = memoryBytes;
        }

        await rig.AdvanceAsync(TimeSpan.FromSeconds(10));

        worker!.KilledFor.ShouldBe(ends ? KillReason.Recycled : null);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_round_that_fails_is_not_the_last_one()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 4 });
        FakePoolWorker? worker = null;
        for (var i = 0; i < 100; i++)
        {
            using var lease = await rig.LeaseAsync(s_tenant);
            (worker = PoolRig.Of(lease)).MemoryBytes = -1;
        }

        rig.Time.Advance(TimeSpan.FromSeconds(11));
        await rig.AdvanceAsync(TimeSpan.FromMinutes(10));

        worker!.KilledFor.ShouldBe(KillReason.Idle);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_broken_worker_is_never_leased()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 4 });
        using var broken = await rig.LeaseAsync(s_tenant);
        await rig.UntilAsync(state => state.Spare == 1);
        PoolRig.Of(broken).Break();

        using var bound = await rig.LeaseAsync(s_tenant);
        bound.Worker.ShouldNotBe(broken.Worker);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_spare_that_broke_is_passed_over()
    {
        await using var rig = PoolRig.Create(new WorkersOptions { Spare = 2, Max = 4 });
        rig.Source.StartsAtOnce = false;
        await rig.Pool.StartAsync(TestContext.Current.CancellationToken);
        (await rig.Source.NextStartAsync()).Ready().Break();
        var sound = (await rig.Source.NextStartAsync()).Ready();
        await rig.UntilAsync(state => state.Spare == 2);

        using var lease = rig.TryLease(s_tenant);

        lease!.Worker.ShouldBe(sound);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task An_evicted_tenants_workers_take_nothing_new()
    {
        await using var rig = await PoolRig.StartAsync(new WorkersOptions { Spare = 1, Max = 4 });
        using var lease = await rig.LeaseAsync(s_tenant);

        await rig.Pool.EvictAsync(s_tenant);

        PoolRig.Of(lease).KilledFor.ShouldBe(KillReason.TenantEvicted);
        using var next = await rig.LeaseAsync(s_tenant);
        next.Worker.ShouldNotBe(lease.Worker);
    }
}
