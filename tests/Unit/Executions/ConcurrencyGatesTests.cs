using Sandbox.Supervisor.Executions;
using Shouldly;

namespace Sandbox.Tests.Unit.Executions;

public sealed class ConcurrencyGatesTests
{
    private static readonly Guid s_key = Guid.NewGuid();

    [Fact]
    public async Task Waiters_enter_in_their_order()
    {
        var gate = new ConcurrencyGates();
        gate.TryEnter(s_key, 1).ShouldBeTrue();
        var first = gate.EnterAsync(s_key, 1, CancellationToken.None);
        var second = gate.EnterAsync(s_key, 1, CancellationToken.None);
        gate.TryEnter(s_key, 1).ShouldBeFalse();

        gate.Exit(s_key);
        (await first).ShouldBeTrue();
        second.IsCompleted.ShouldBeFalse();
        gate.Exit(s_key);
        (await second).ShouldBeTrue();
    }

    [Fact]
    public async Task A_waiter_that_gives_up_leaves_its_place_to_the_next()
    {
        var gate = new ConcurrencyGates();
        gate.TryEnter(s_key, 1);
        using var cancel = new CancellationTokenSource();
        var first = gate.EnterAsync(s_key, 1, cancel.Token);
        var second = gate.EnterAsync(s_key, 1, CancellationToken.None);
        await cancel.CancelAsync();
        (await first).ShouldBeFalse();
        gate.Exit(s_key);
        (await second).ShouldBeTrue();
    }

    [Fact]
    public async Task Many_racing_enters_cancellations_and_exits_never_pass_the_limit_and_lose_no_place()
    {
        var gate = new ConcurrencyGates();
        int running = 0, peak = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 5_000), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
        {
            using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(i % 7 == 0 ? 1 : 10_000));
            if (!await gate.EnterAsync(s_key, 3, cancel.Token)) return;
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref peak, now);
            await Task.Yield();
            Interlocked.Decrement(ref running);
            gate.Exit(s_key);
        });
        peak.ShouldBeLessThanOrEqualTo(3);
        gate.Count.ShouldBe(0);
        for (var i = 0; i < 3; i++) gate.TryEnter(s_key, 3).ShouldBeTrue();
        gate.TryEnter(s_key, 3).ShouldBeFalse();
    }

    [Fact]
    public async Task A_raised_limit_lets_waiters_in_at_the_next_exit()
    {
        var gate = new ConcurrencyGates();
        gate.TryEnter(s_key, 1);
        var waiters = Enumerable.Range(0, 3).Select(_ => gate.EnterAsync(s_key, 1, CancellationToken.None)).ToArray();
        gate.TryEnter(s_key, 3).ShouldBeFalse();
        gate.Exit(s_key);
        await Task.WhenAll(waiters).WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
            if (Interlocked.CompareExchange(ref target, value, seen) == seen) return;
    }
}
