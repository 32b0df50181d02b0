using Sandbox.Supervisor.Workers.Launch;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Workers;

/// <summary>A process that outlives its kill for a while: in the kernel, say, in an uninterruptible wait.</summary>
public sealed class UnkillableWorkerTests
{
    [Fact(Timeout = 60_000)]
    public async Task Its_invocations_are_answered_while_it_lives_and_it_is_counted_until_it_is_gone()
    {
        var killer = new HeldKiller();
        await using var pool = await HostilePool.StartAsync("as-asked", killer);
        using var lease = await pool.LeaseAsync();
        var groups = new ProcessFacts(lease.Worker.ProcessId, 0, "", "").ControlGroups();
        var running = lease.Worker.ExecuteAsync(HostilePool.Request(1, "outlive"), new CountingSink());

        var killed = lease.Worker.KillAsync(KillReason.Deadline);
        var end = await running;

        end.Exit!.KillReason.ShouldBe(KillReason.Deadline);
        end.WasAlone.ShouldBeTrue();
        killed.IsCompleted.ShouldBeFalse();
        ProcessFacts.IsAlive(lease.Worker.ProcessId).ShouldBeTrue();
        pool.State.Busy.ShouldBe(1);

        // Tried again, well beyond what a kill takes.
        while (killer.Refused < 20) await Task.Delay(20, TestContext.Current.CancellationToken);
        killer.Release();
        await killed;
        ProcessFacts.IsAlive(lease.Worker.ProcessId).ShouldBeFalse();
        groups.ShouldAllBe(group => !Directory.Exists(group));
        while (pool.State.Busy > 0) await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    private sealed class HeldKiller : IProcessKiller
    {
        private readonly ProcessKiller _real = new();
        private volatile bool _released;
        private int _refused;

        public int Refused => Volatile.Read(ref _refused);

        public void Release() => _released = true;

        public LaunchException? Kill(WorkerSurroundings surroundings, int processId, int processDescriptor)
        {
            if (_released) return _real.Kill(surroundings, processId, processDescriptor);
            Interlocked.Increment(ref _refused);
            return null;
        }
    }
}
