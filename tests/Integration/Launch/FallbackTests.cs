using Sandbox.Supervisor.Workers.Launch;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Launch;

/// <summary>What is left where the machine lacks a measure: the rest holds, and the report says so.</summary>
[Collection(nameof(Launching))]
public sealed class FallbackTests
{
    private const Measures All = Measures.Cgroup | Measures.Namespaces | Measures.NetworkDown | Measures.OwnUid | Measures.Seccomp;

    [Theory(Timeout = 60_000)]
    [InlineData("Cgroup")]
    [InlineData("Namespaces")]
    [InlineData("NetworkDown")]
    [InlineData("OwnUid")]
    [InlineData("Seccomp")]
    [InlineData("Cgroup, Namespaces, NetworkDown, OwnUid, Seccomp")]
    public async Task Without_a_measure_a_worker_still_starts_is_killed_and_leaves_nothing(string without)
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken, options => options.Without = Enum.Parse<Measures>(without));
        launching.Launcher.Report.Complete.ShouldBeFalse();
        launching.Launcher.Report.Missing.ShouldAllBe(measure => measure.WhyNot!.Length > 0);
        await using var process = await launching.StartAsync("hang");
        (await Launching.LineAsync(process)).ShouldBe("here");
        var processes = Launching.ProcessesOf(process);
        await process.KillAsync(KillReason.Deadline);
        (await process.Exited).KillReason.ShouldBe(KillReason.Deadline);
        await Launching.GoneAsync(processes);
        launching.Cgroups().ShouldBeEmpty();
        launching.RunFiles().ShouldBeEmpty();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Cgroup")]
    [InlineData("Cgroup, Namespaces, NetworkDown, OwnUid, Seccomp")]
    public async Task Without_a_cgroup_the_watchdog_ends_who_takes_too_much_memory(string without)
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken, options => options.Without = Enum.Parse<Measures>(without));
        await using var process = await launching.StartAsync("eat-memory 1500", 300 << 20);
        var exit = await process.Exited;
        exit.OomKills.ShouldBe(1);
        exit.MemoryPeakBytes.ShouldBeGreaterThan(300 << 20);
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_a_cgroup_cpu_time_is_counted_by_process()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken, options => options.Without = All);
        await using var process = await launching.StartAsync("burn", 1 << 30);
        await Launching.LineAsync(process);
        while (process.ReadUsage().CpuMicroseconds < 300_000) await Task.Delay(20, TestContext.Current.CancellationToken);
        await process.KillAsync(KillReason.Deadline);
        (await process.Exited).CpuMicroseconds.ShouldBeGreaterThanOrEqualTo(300_000);
    }

    [Fact(Timeout = 60_000)]
    public async Task This_machine_gives_every_measure()
    {
        Launching.MustBeRoot();
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        launching.Launcher.Report.Missing.ShouldBeEmpty();
        launching.Launcher.Report.Measures.Count.ShouldBe(11);
    }
}
