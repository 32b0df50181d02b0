using System.Diagnostics;
using System.Globalization;
using Sandbox.Supervisor.Workers.Launch;
using Sandbox.Tests.Integration.Launch;
using Shouldly;

namespace Sandbox.Tests.Security.Process;

/// <summary>kill -9 of a supervisor: no worker survives it, and the next start sweeps the cgroups it left. The supervisor is this test program again.</summary>
[Collection(nameof(Launching))]
public sealed class ParentDeathTests
{
    private const string DataVariable = "SANDBOX_TEST_PARENT_DATA";
    private const string WithoutVariable = "SANDBOX_TEST_PARENT_WITHOUT";

    [Theory(Timeout = 120_000)]
    [InlineData("None")]
    [InlineData("Cgroup")]
    [InlineData("Namespaces")]
    [InlineData("Cgroup, Namespaces, NetworkDown, OwnUid, Seccomp")]
    public async Task A_killed_supervisor_takes_its_workers_with_it_and_the_next_sweeps_what_is_left(string without)
    {
        var data = Directory.CreateTempSubdirectory("sandbox-parent-");
        try
        {
            using var parent = System.Diagnostics.Process.Start(new ProcessStartInfo(
                Environment.ProcessPath!,
                [.. Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(ParentDeathTests).Assembly.Location] : Array.Empty<string>(),
                    "-method", $"{typeof(ParentDeathTests).FullName}.{nameof(A_supervisor_that_waits_to_be_killed)}", "-explicit", "only"])
            {
                Environment = { [DataVariable] = data.FullName, [WithoutVariable] = without },
                RedirectStandardOutput = true,
            })!;
            var ready = Path.Combine(data.FullName, "ready");
            while (!File.Exists(ready))
            {
                parent.HasExited.ShouldBeFalse("the supervisor ended before its workers were up");
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            var workers = File.ReadAllText(ready).Split(' ').Select(id => int.Parse(id, CultureInfo.InvariantCulture)).ToList();
            workers.ShouldAllBe(id => Launching.Lives(id));
            parent.Kill();
            await parent.WaitForExitAsync(TestContext.Current.CancellationToken);
            await Launching.GoneAsync(workers);

            await using var next = await Launching.InitialisedAsync(
                TestContext.Current.CancellationToken, options => options.Without = Enum.Parse<Measures>(without), dataDirectory: data.FullName);
            next.Cgroups().ShouldBeEmpty();
            next.RunFiles().ShouldBeEmpty();
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Fact(Explicit = true, Timeout = 60_000)]
    public async Task A_supervisor_that_waits_to_be_killed()
    {
        var data = Environment.GetEnvironmentVariable(DataVariable) ?? throw new InvalidOperationException($"{DataVariable} is not set: this test is run by another one.");
        var without = Enum.Parse<Measures>(Environment.GetEnvironmentVariable(WithoutVariable)!);
        var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken, options => options.Without = without, dataDirectory: data);
        var processes = new List<int>();
        for (var i = 0; i < 2; i++)
        {
            var process = await launching.StartAsync("hang");
            await Launching.LineAsync(process);
            processes.AddRange(Launching.ProcessesOf(process));
        }

        await File.WriteAllTextAsync(Path.Combine(data, "writing"), string.Join(' ', processes), TestContext.Current.CancellationToken);
        File.Move(Path.Combine(data, "writing"), Path.Combine(data, "ready"));
        await Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
    }
}
