using Microsoft.Extensions.Time.Testing;
using Sandbox.Supervisor.Workers;
using Sandbox.Supervisor.Workers.Launch;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Workers;

public sealed class RecyclingTests
{
    [Fact(Timeout = 60_000)]
    public async Task Old_spares_are_replaced_one_at_a_time()
    {
        var time = new FakeTimeProvider();
        await using var pool = await HostilePool.StartAsync("polite", time: time);
        while (pool.State.Spare < 2) await Task.Delay(20, TestContext.Current.CancellationToken);
        var old = pool.Numbers;

        time.Advance(TimeSpan.FromHours(7));

        while (pool.Numbers.Intersect(old).Any())
        {
            pool.State.Spare.ShouldBeGreaterThanOrEqualTo(1);
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        pool.State.CrashLoop.ShouldBeFalse();
    }

    [Theory(Timeout = 60_000)]
    [InlineData(100, true)]
    [InlineData(99, false)]
    public async Task A_worker_whose_memory_has_grown_is_replaced_once_it_is_idle(int served, bool replaced)
    {
        var time = new FakeTimeProvider();
        await using var pool = await HostilePool.StartAsync("polite", options: new WorkersOptions { Spare = 1, Max = 4, RecycleAtMemoryShare = 0.01 }, time: time);
        var tenant = Guid.NewGuid();
        IPoolWorker? worker = null;
        for (var i = 0; i < served; i++)
        {
            using var lease = await pool.LeaseAsync(tenant);
            worker = lease.Worker;
            (await lease.Worker.ExecuteAsync(HostilePool.Request(1), new CountingSink())).Result.ShouldNotBeNull();
        }

        time.Advance(TimeSpan.FromSeconds(11));

        // The pool looks once a second.
        var ended = await Task.WhenAny(worker!.Exited, Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken)) == worker.Exited;
        ended.ShouldBe(replaced);
        if (replaced) (await worker.Exited).KillReason.ShouldBe(KillReason.Recycled);
    }
}
