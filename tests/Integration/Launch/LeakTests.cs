using Sandbox.Supervisor.Workers.Launch;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Launch;

/// <summary>What a worker's life leaves behind. It counts the descriptors of the whole test process, so it runs while no other test does.</summary>
[CollectionDefinition(nameof(LeakTests), DisableParallelization = true)]
[Collection(nameof(LeakTests))]
public sealed class LeakTests
{
    private const int Lives = 50;

    [Fact(Timeout = 180_000)]
    public async Task Fifty_lives_leave_no_process_no_cgroup_no_file_and_no_descriptor()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var launching = await Launching.InitialisedAsync(stop);
        await LiveAsync(launching);
        var before = Descriptors();
        for (var i = 0; i < Lives; i++) await LiveAsync(launching);
        launching.Cgroups().ShouldBeEmpty();
        launching.RunFiles().ShouldBeEmpty();

        // What the runtime closes at its leisure gets ten seconds; a leak does not go away.
        var after = Descriptors();
        for (var wait = 0; wait < 100 && after.Length > before.Length + 3; wait++)
        {
            await Task.Delay(100, stop);
            after = Descriptors();
        }

        after.Length.ShouldBeLessThanOrEqualTo(before.Length + 3, string.Join('\n', after.Except(before)));
    }

    private static string[] Descriptors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return [.. Directory.GetFiles("/proc/self/fd").Select(file => $"{file} {new FileInfo(file).LinkTarget}")];
    }

    private static async Task LiveAsync(Launching launching)
    {
        await using var process = await launching.StartAsync("hang");
        await Launching.LineAsync(process);
        var processes = Launching.ProcessesOf(process);
        await process.KillAsync(KillReason.Deadline);
        await Launching.GoneAsync(processes);
    }
}
