using Sandbox.Supervisor.Configuration;
using Sandbox.Supervisor.Hosting;
using Sandbox.Supervisor.Workers.Launch;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Launch;

/// <summary>A worker's process from its start to its end, on the machine's own kernel.</summary>
[Collection(nameof(Launching))]
public sealed class LaunchTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_worker_starts_and_its_pipes_are_connected()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        await using var process = await launching.StartAsync("print");
        (await Launching.LineAsync(process)).ShouldBe("here");
        var exit = await process.Exited;
        exit.ShouldSatisfyAllConditions(
            () => exit.ExitCode.ShouldBe(0),
            () => exit.Signal.ShouldBeNull(),
            () => exit.KillReason.ShouldBeNull(),
            () => exit.StandardErrorTail.ShouldBeEmpty());
        launching.Cgroups().ShouldBeEmpty();
        launching.RunFiles().ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task Its_exit_code_is_told()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        await using var process = await launching.StartAsync("exit 3");
        (await process.Exited).ExitCode.ShouldBe(3);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_abort_is_told_as_its_signal()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        await using var process = await launching.StartAsync("abort");
        var exit = await process.Exited;
        exit.ShouldSatisfyAllConditions(() => exit.Signal.ShouldBe(6), () => exit.ExitCode.ShouldBeNull(), () => exit.OomKills.ShouldBe(0));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_it_wrote_before_its_end_can_be_read_after_it()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        await using var process = await launching.StartAsync("last-words 30000");
        await process.Exited;
        (await Launching.LineAsync(process)).Length.ShouldBe(30_000);
    }

    [Fact(Timeout = 60_000)]
    public async Task Of_an_endless_standard_error_the_last_64_KB_are_kept()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        await using var process = await launching.StartAsync("shout");
        var tail = (await process.Exited).StandardErrorTail;
        tail.Length.ShouldBe(64 * 1024);
        tail.ShouldEndWith("line 99999\n");
    }

    [Fact(Timeout = 60_000)]
    public async Task The_first_kill_reason_wins_and_the_process_and_its_cgroup_are_gone()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        await using var process = await launching.StartAsync("hang");
        await Launching.LineAsync(process);
        var processes = Launching.ProcessesOf(process);
        processes.ShouldNotBeEmpty();

        await Task.WhenAll(process.KillAsync(KillReason.Deadline), process.KillAsync(KillReason.Cancelled));
        var exit = await process.Exited;
        exit.KillReason.ShouldBe(KillReason.Deadline);
        exit.Signal.ShouldBe(9);
        await Launching.GoneAsync(processes);
        launching.Cgroups().ShouldBeEmpty();
        await process.KillAsync(KillReason.Idle);
        (await process.Exited).KillReason.ShouldBe(KillReason.Deadline);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_kill_right_after_the_start_finds_a_process_that_has_not_entered_its_group_yet()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        for (var i = 1; i <= 10; i++)
        {
            await using var process = await launching.Launcher.StartAsync(new WorkerLaunch(1000 + i, 256 << 20), TestContext.Current.CancellationToken);
            await process.KillAsync(KillReason.Deadline);
            await Launching.GoneAsync([process.ProcessId]);
        }

        launching.Cgroups().ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_that_stopped_itself_is_killed_as_well()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        await using var process = await launching.StartAsync("stop");
        await Launching.LineAsync(process);
        var processes = Launching.ProcessesOf(process);
        await process.KillAsync(KillReason.Deadline);
        await Launching.GoneAsync(processes);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_board_is_read_while_it_lives_and_after_its_death()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        await using var process = await launching.StartAsync("board 4711");
        await Launching.LineAsync(process);
        process.ReadBoard().ShouldBe([4711L]);
        await process.KillAsync(KillReason.Deadline);
        (await process.Exited).Running.ShouldBe([4711L]);
        process.ReadBoard().ShouldBe([4711L]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Cpu_time_and_memory_are_counted()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        await using var process = await launching.StartAsync("burn", 512 << 20);
        await Launching.LineAsync(process);
        while (process.ReadUsage().CpuMicroseconds < 500_000) await Task.Delay(20, TestContext.Current.CancellationToken);
        process.ReadUsage().MemoryBytes.ShouldBeGreaterThan(5 << 20);
        await process.KillAsync(KillReason.Deadline);
        var exit = await process.Exited;
        exit.CpuMicroseconds.ShouldBeGreaterThanOrEqualTo(500_000);
        exit.MemoryPeakBytes.ShouldBeInRange(5 << 20, 512 << 20);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_standard_input_that_ends_reaches_the_worker()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        await using var process = await launching.StartAsync("silent");
        await process.Input.DisposeAsync();
        (await process.Exited).ExitCode.ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_disposed_launcher_takes_its_workers_with_it()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        var process = await launching.StartAsync("hang");
        await Launching.LineAsync(process);
        await launching.Launcher.DisposeAsync();
        (await process.Exited).KillReason.ShouldBe(KillReason.Disposed);
        await Launching.GoneAsync([process.ProcessId]);
        await process.DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(() => launching.StartAsync("hang"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_second_supervisor_on_the_same_data_directory_is_refused()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        var failure = await Should.ThrowAsync<LaunchException>(() => Launching.InitialisedAsync(TestContext.Current.CancellationToken, dataDirectory: launching.DataDirectory));
        failure.Message.ShouldContain("Sandbox:DataDirectory");
    }

    [Fact(Timeout = 60_000)]
    public async Task Required_isolation_that_is_missing_refuses_to_start_and_names_it()
    {
        var failure = await Should.ThrowAsync<LaunchException>(() => Launching.InitialisedAsync(TestContext.Current.CancellationToken, options => options.Without = Measures.Seccomp, IsolationPolicy.Required));
        failure.Message.ShouldContain("seccomp filter");
        failure.Message.ShouldContain("Sandbox:Isolation");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_directory_without_a_worker_names_the_setting()
    {
        var failure = await Should.ThrowAsync<LaunchException>(() => Launching.InitialisedAsync(TestContext.Current.CancellationToken, options => options.WorkerDirectory = "/nowhere"));
        failure.Message.ShouldContain("Sandbox:Workers:WorkerDirectory");
    }
}
