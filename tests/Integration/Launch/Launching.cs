using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Sandbox.Supervisor.Configuration;
using Sandbox.Supervisor.Hosting;
using Sandbox.Supervisor.Workers.Launch;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Launch;

/// <summary>A launcher with a data directory of its own and the fake worker in the worker's place.</summary>
internal sealed class Launching : IAsyncDisposable
{
    private readonly bool _keep;
    private int _number;

    private Launching(Action<LaunchOptions>? configure, IsolationPolicy policy, string? dataDirectory)
    {
        _keep = dataDirectory is not null;
        DataDirectory = dataDirectory ?? Directory.CreateTempSubdirectory("sandbox-launch-").FullName;
        var options = new LaunchOptions { WorkerDirectory = FakeWorker };
        configure?.Invoke(options);
        Launcher = new WorkerLauncher(
            Options.Create(options),
            Options.Create(new SandboxOptions { DataDirectory = DataDirectory, Isolation = policy }),
            TimeProvider.System,
            NullLogger<WorkerLauncher>.Instance);
    }

    /// <summary><c>artifacts/fakeworker</c>, which <c>make build</c> publishes.</summary>
    public static string FakeWorker { get; } = Artifact("fakeworker");

    /// <summary><c>artifacts/worker</c>: the product's own.</summary>
    public static string RealWorker { get; } = Artifact("worker");

    public WorkerLauncher Launcher { get; }

    public string DataDirectory { get; }

    public static async Task<Launching> InitialisedAsync(
        CancellationToken cancellationToken, Action<LaunchOptions>? configure = null, IsolationPolicy policy = IsolationPolicy.BestEffort, string? dataDirectory = null)
    {
        var launching = new Launching(configure, policy, dataDirectory);
        try
        {
            await launching.Launcher.InitialiseAsync(cancellationToken);
            return launching;
        }
        catch
        {
            await launching.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a worker that does what the word says.</summary>
    public async Task<WorkerProcess> StartAsync(string behaviour, long memoryBytesMax = 256 * 1024 * 1024)
    {
        var process = await Launcher.StartAsync(new WorkerLaunch(Interlocked.Increment(ref _number), memoryBytesMax), TestContext.Current.CancellationToken);
        await process.Input.WriteAsync(Encoding.UTF8.GetBytes(behaviour + "\n"), TestContext.Current.CancellationToken);
        await process.Input.FlushAsync(TestContext.Current.CancellationToken);
        return process;
    }

    /// <summary>The next line the worker says; what its standard error says instead where it is dead.</summary>
    public static async Task<string> LineAsync(WorkerProcess process)
    {
        var line = new List<byte>();
        var buffer = new byte[1];
        while (await process.Output.ReadAsync(buffer, TestContext.Current.CancellationToken) > 0)
        {
            if (buffer[0] == '\n') return Encoding.UTF8.GetString([.. line]);
            line.Add(buffer[0]);
        }

        var exit = await process.Exited;
        throw new InvalidOperationException($"The worker said nothing more: {exit}");
    }

    /// <summary>Processes of a worker: what the supervisor started and all below it, by host process number.</summary>
    public static IReadOnlyList<int> ProcessesOf(WorkerProcess process) => [.. ProcessTree.Below(process.ProcessId).Select(entry => entry.Id)];

    /// <summary>The fake worker itself.</summary>
    public static int InnermostOf(WorkerProcess process) =>
        ProcessesOf(process).Single(id => File.ReadAllText($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/comm").StartsWith("Sandbox.Worker", StringComparison.Ordinal));

    public static bool Lives(int process) =>
        File.Exists($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/stat") && ProcessTree.Read(process) is not null && !IsZombie(process);

    /// <summary>Returns once none of them lives; the test's timeout is the bound. A dying task leaves its cgroup a moment before it leaves the process table.</summary>
    public static async Task GoneAsync(IReadOnlyList<int> processes)
    {
        while (processes.Any(Lives)) await Task.Delay(5, TestContext.Current.CancellationToken);
    }

    /// <summary>Cgroups of this launcher that are there now, of whatever hierarchy.</summary>
    public IReadOnlyList<string> Cgroups()
    {
        var instance = Instance();
        return [.. CgroupParents().Where(Directory.Exists).SelectMany(parent => Directory.GetDirectories(parent, $"sandbox-{instance}-worker-*"))];
    }

    public IReadOnlyList<string> RunFiles() =>
        [.. Directory.GetFiles(Path.Combine(DataDirectory, "run")).Select(path => Path.GetFileName(path)).Where(name => name.Contains('-', StringComparison.Ordinal))];

    public static void MustBeRoot()
    {
        if (Environment.GetEnvironmentVariable("CI") == "true") Environment.IsPrivilegedProcess.ShouldBeTrue("CI runs as root");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: run as root, as CI does");
    }

    public void MustGive(string measure)
    {
        var found = Launcher.Report.Measures.Single(candidate => candidate.Name == measure);
        if (Environment.GetEnvironmentVariable("CI") == "true") found.Given.ShouldBeTrue($"{measure}: {found.WhyNot}");
        Assert.SkipUnless(found.Given, $"{measure}: {found.WhyNot}");
    }

    public async ValueTask DisposeAsync()
    {
        await Launcher.DisposeAsync();
        if (!_keep) Directory.Delete(DataDirectory, recursive: true);
    }

    private string[] CgroupParents()
    {
        var file = Path.Combine(DataDirectory, "run", "cgroups");
        return File.Exists(file) ? File.ReadAllLines(file) : [];
    }

    private string Instance() =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(Path.Combine(DataDirectory, "run"))))[..8];

    private static bool IsZombie(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/stat");
            return stat[stat.LastIndexOf(')') + 2] == 'Z';
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static string Artifact(string name)
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Sandbox.sln"))) return Path.Combine(directory.FullName, "artifacts", name);
        }

        throw new InvalidOperationException("The tests run outside of a checkout.");
    }
}
