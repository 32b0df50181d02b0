using System.Diagnostics;
using System.Globalization;
using Sandbox.Supervisor.Workers.Launch;
using Sandbox.Tests.Integration.Launch;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Security.Process;

/// <summary>The kernel's limits on a worker, and what is left of it after its end.</summary>
[Collection(nameof(Launching))]
public sealed class LimitTests
{
    [Fact(Timeout = 60_000)]
    public async Task Too_much_memory_ends_it_by_the_kernels_hand_and_is_counted()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        launching.MustGive(CgroupTree.MemoryMeasure);
        await using var process = await launching.StartAsync("eat-memory 4096", 200 << 20);
        var exit = await process.Exited;
        exit.OomKills.ShouldBeGreaterThanOrEqualTo(1);
        exit.Signal.ShouldBe(9);
        exit.KillReason.ShouldBeNull();
        exit.MemoryPeakBytes.ShouldBeInRange(150 << 20, 200 << 20);
        launching.Cgroups().ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_raised_limit_lets_it_have_more_and_a_lowered_one_less()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        launching.MustGive(CgroupTree.MemoryMeasure);
        await using (var process = await launching.StartAsync("hang", 100 << 20))
        {
            await Launching.LineAsync(process);
            process.SetMemoryMax(500 << 20);
            process.SetMemoryMax(400 << 20);
        }

        await using var raised = await launching.Launcher.StartAsync(new WorkerLaunch(900, 120 << 20), TestContext.Current.CancellationToken);
        raised.SetMemoryMax(600 << 20);
        await raised.Input.WriteAsync("eat-memory 300\n"u8.ToArray(), TestContext.Current.CancellationToken);
        (await Launching.LineAsync(raised)).ShouldBe("here");
        (await Launching.LineAsync(raised)).ShouldBe("eaten");
    }

    [Fact(Timeout = 60_000)]
    public async Task Threads_stop_at_the_task_limit()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken, options => options.Without = Measures.OwnUid);
        launching.MustGive(CgroupTree.TasksMeasure);
        await using var process = await launching.StartAsync("thread-bomb");
        int.Parse(await Launching.LineAsync(process), CultureInfo.InvariantCulture).ShouldBeInRange(20, 63);
    }

    [Fact(Timeout = 60_000)]
    public async Task Where_no_filter_forbids_it_a_fork_bomb_stops_at_the_task_limit_and_dies_whole()
    {
        await using var launching = await Launching.InitialisedAsync(
            TestContext.Current.CancellationToken, options => options.Without = Measures.Seccomp | Measures.OwnUid);
        launching.MustGive(CgroupTree.TasksMeasure);
        await using var process = await launching.StartAsync("fork-bomb");
        int.Parse(await Launching.LineAsync(process), CultureInfo.InvariantCulture).ShouldBeInRange(20, 63);
        var processes = Launching.ProcessesOf(process);
        processes.Count.ShouldBeGreaterThan(20);
        await process.KillAsync(KillReason.Deadline);
        await Launching.GoneAsync(processes);
        launching.Cgroups().ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_fork_is_refused()
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken);
        launching.MustGive("seccomp filter");
        await using var process = await launching.StartAsync("fork-bomb");
        (await Launching.LineAsync(process)).ShouldBe("0");
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Seccomp", "daemonise")]
    [InlineData("Seccomp", "daemonise-and-exit")]
    [InlineData("Seccomp, Namespaces", "daemonise")]
    [InlineData("Seccomp, Namespaces", "daemonise-and-exit")]
    [InlineData("Seccomp, Namespaces, Cgroup", "daemonise")]
    [InlineData("Seccomp, Namespaces, Cgroup", "daemonise-and-exit")]
    public async Task A_child_that_left_its_session_and_ignores_every_signal_dies_with_it(string without, string behaviour)
    {
        Launching.MustBeRoot();
        var before = FakeWorkers();
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken, options => options.Without = Enum.Parse<Measures>(without));
        await using var process = await launching.StartAsync(behaviour);
        if (behaviour == "daemonise")
        {
            await Launching.LineAsync(process);
            FakeWorkers().Except(before).Count().ShouldBeGreaterThanOrEqualTo(2);
            await process.KillAsync(KillReason.Deadline);
        }

        await process.Exited;
        await Launching.GoneAsync([.. FakeWorkers().Except(before)]);
        launching.Cgroups().ShouldBeEmpty();
    }

    private static List<int> FakeWorkers() =>
    [
        .. Directory.GetDirectories("/proc").Select(path => Path.GetFileName(path))
            .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
            .Select(name => int.Parse(name, CultureInfo.InvariantCulture))
            .Where(process => Launching.Lives(process) && Name(process).StartsWith("Sandbox.Worker", StringComparison.Ordinal) && FileOf($"/proc/{process}/exe") == s_fakeWorker.Value),
    ];

    /// <summary>Workers of other tests, which run meanwhile, are made from other files.</summary>
    private static readonly Lazy<string> s_fakeWorker = new(() => FileOf(Path.Combine(Launching.FakeWorker, "Sandbox.Worker")));

    /// <summary>Device and inode, which are the same in any mount namespace; empty where it is gone.</summary>
    private static string FileOf(string path)
    {
        using var stat = System.Diagnostics.Process.Start(new ProcessStartInfo("stat", ["-L", "-c", "%d:%i", path]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        return stat.StandardOutput.ReadToEnd().Trim();
    }

    private static string Name(int process)
    {
        try
        {
            return File.ReadAllText(Findings.Proc(process, "comm"));
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }
}
