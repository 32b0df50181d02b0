using Sandbox.Supervisor.Workers.Launch;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Workers;

/// <summary>A worker that is not ours any more costs its own process, never the supervisor's memory or another worker.</summary>
public sealed class HostileWorkerTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("on-execute garbage")]
    [InlineData("on-execute gigabyte-frame")]
    [InlineData("on-execute abort")]
    [InlineData("throws")]
    public async Task A_worker_that_breaks_the_protocol_is_killed_and_its_invocation_learns_of_it(string mode)
    {
        await using var pool = await HostilePool.StartAsync(mode);
        using var lease = await pool.LeaseAsync();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var end = await lease.Worker.ExecuteAsync(HostilePool.Request(1), new CountingSink());

        end.Result.ShouldBeNull();
        end.Exit.ShouldNotBeNull();
        Directory.Exists($"/proc/{lease.Worker.ProcessId}").ShouldBeFalse();
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(64L << 20);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_board_names_the_invocation_that_was_on_a_thread_when_the_worker_aborted()
    {
        await using var pool = await HostilePool.StartAsync("on-execute board-and-abort");
        using var lease = await pool.LeaseAsync();
        var request = HostilePool.Request(1);
        var end = await lease.Worker.ExecuteAsync(request, new CountingSink());
        end.OnThread.ShouldBeTrue();
        end.Exit!.Running.ShouldContain(request.Invocation);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("garbage")]
    [InlineData("gigabyte-frame")]
    [InlineData("wrong-version")]
    [InlineData("exit 3")]
    public async Task A_worker_that_never_gets_ready_is_no_spare_and_starting_backs_off(string mode)
    {
        await using var pool = await HostilePool.StartAsync(mode);
        while (!pool.State.CrashLoop) await Task.Delay(50, TestContext.Current.CancellationToken);
        pool.State.Alive.ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    public async Task Messages_in_the_name_of_other_invocations_reach_no_one()
    {
        await using var pool = await HostilePool.StartAsync("forged-invocations");
        using var first = await pool.LeaseAsync();
        using var second = await pool.LeaseAsync();
        second.Worker.ShouldNotBe(first.Worker);
        var (own, other) = (new CountingSink(), new CountingSink());
        var invocation = HostilePool.Request(1);
        var ends = await Task.WhenAll(first.Worker.ExecuteAsync(invocation, own), second.Worker.ExecuteAsync(HostilePool.Request(2), other));
        ends.ShouldAllBe(e => e.Result != null);
        own.Lines.ShouldBe(0);
        other.Lines.ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_flood_of_messages_leaves_the_memory_flat_and_ends_with_the_kill()
    {
        await using var pool = await HostilePool.StartAsync("flood");
        using var lease = await pool.LeaseAsync();
        var sink = new CountingSink();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var end = await lease.Worker.ExecuteAsync(HostilePool.Request(1), sink);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(16L << 20);
        sink.Lines.ShouldBeInRange(1_001, 5_000);
        end.Exit!.KillReason.ShouldBe(KillReason.Protocol);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("exit")]
    [InlineData("null-answer")]
    public async Task Of_several_invocations_in_a_worker_that_dies_none_was_alone(string last)
    {
        await using var pool = await HostilePool.StartAsync("as-asked");
        using var lease = await pool.LeaseAsync();
        var waiting = Enumerable.Range(0, 30).Select(_ => lease.Worker.ExecuteAsync(HostilePool.Request(1, "wait"), new CountingSink())).ToArray();

        var ends = await Task.WhenAll([.. waiting, lease.Worker.ExecuteAsync(HostilePool.Request(1, last), new CountingSink())]);

        ends.ShouldAllBe(end => end.Exit != null && !end.WasAlone);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_invocation_that_comes_after_the_break_was_not_in_the_worker()
    {
        await using var pool = await HostilePool.StartAsync("as-asked");
        using var lease = await pool.LeaseAsync();
        (await lease.Worker.ExecuteAsync(HostilePool.Request(1, "exit"), new CountingSink())).WasAlone.ShouldBeTrue();
        (await lease.Worker.ExecuteAsync(HostilePool.Request(1, "polite"), new CountingSink())).WasAlone.ShouldBeFalse();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_that_reads_nothing_more_does_not_hold_up_its_kill()
    {
        await using var pool = await HostilePool.StartAsync("reads-hello-only");
        using var lease = await pool.LeaseAsync();
        var running = lease.Worker.ExecuteAsync(HostilePool.Request(1) with { Input = $"\"{new string('x', 8 << 20)}\"" }, new CountingSink());
        _ = lease.Worker.EndAsync(1);
        await lease.Worker.KillAsync(KillReason.Deadline);
        var end = await running;
        end.Exit!.KillReason.ShouldBe(KillReason.Deadline);
        Directory.Exists($"/proc/{lease.Worker.ProcessId}").ShouldBeFalse();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_that_makes_no_version_ready_is_killed()
    {
        await using var pool = await HostilePool.StartAsync("never-ready");
        using var lease = await pool.LeaseAsync();
        await lease.Worker.PrepareAsync(HostilePool.Request(1), TimeSpan.FromMilliseconds(200));
        (await lease.Worker.Exited).KillReason.ShouldBe(KillReason.Protocol);
        lease.Worker.Knows("v1").ShouldBeFalse();
    }
}
