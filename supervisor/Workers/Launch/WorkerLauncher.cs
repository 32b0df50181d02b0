using System.Collections.Concurrent;
using CliWrap;
using Microsoft.Extensions.Options;
using Sandbox.Supervisor.Configuration;
using Sandbox.Supervisor.Hosting;

namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>Starts workers, each confined as far as the machine allows; says how far that is.</summary>
internal sealed class WorkerLauncher(
    IOptions<LaunchOptions> launchOptions, IOptions<SandboxOptions> sandboxOptions, TimeProvider time, ILogger<WorkerLauncher> logger, IProcessKiller? killer = null) : IAsyncDisposable
{
    private readonly LaunchOptions _options = launchOptions.Value;
    private readonly ConcurrentDictionary<int, WorkerProcess> _live = [];
    private readonly StartThread _thread = new();
    private readonly IProcessKiller _killer = killer ?? new ProcessKiller();
    private RunDirectory? _run;
    private CgroupTree? _cgroups;
    private LaunchPlan? _plan;
    private string _workerDirectory = string.Empty;
    private int _disposed;

    /// <summary>What workers are confined by; empty before <see cref="InitialiseAsync"/>.</summary>
    public IsolationReport Report { get; private set; } = IsolationReport.Empty;

    /// <summary>
    /// Finds out what the machine gives, by trial; moves the supervisor into a leaf of its control group where that is asked for;
    /// sweeps what an earlier supervisor of this data directory left; compiles the filters.
    /// </summary>
    /// <exception cref="LaunchException">No worker is published, the data directory is another supervisor's, or <c>Sandbox:Isolation</c> is <c>Required</c> and a measure is missing.</exception>
    public async Task InitialiseAsync(CancellationToken cancellationToken)
    {
        _workerDirectory = WorkerFiles.Find(_options);
        _run = RunDirectory.Open(sandboxOptions.Value.DataDirectory);
        Libc.KeepDescriptorsFromChildren();

        var cgroupMeasures = OpenCgroups(_run);
        await SweepAsync(_run);

        var probe = new IsolationProbe(_options, _run, _workerDirectory, TryAsync);
        var (plan, measures) = await probe.FindAsync(cancellationToken);
        _plan = plan;
        Report = new IsolationReport([.. cgroupMeasures, .. measures]);
        logger.Isolation(Report);
        if (sandboxOptions.Value.Isolation == IsolationPolicy.Required && !Report.Complete)
        {
            var missing = string.Join("; ", Report.Missing.Select(measure => $"{measure.Name}: {measure.WhyNot}"));
            throw new LaunchException($"Sandbox:Isolation is Required, and this machine lacks: {missing}. Provide it, or set Sandbox:Isolation to BestEffort.");
        }
    }

    /// <summary>Starts a worker. A step of the launch that fails afterwards shows as its exit, with the step in <see cref="WorkerExit.StandardErrorTail"/>.</summary>
    public async Task<WorkerProcess> StartAsync(WorkerLaunch launch, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        var plan = _plan ?? throw new InvalidOperationException("InitialiseAsync comes first.");
        cancellationToken.ThrowIfCancellationRequested();
        var process = await StartAsync(plan, launch, trial: false);
        _live[launch.Number] = process;
        _ = process.Exited.ContinueWith(_ => _live.TryRemove(launch.Number, out var _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (cancellationToken.IsCancellationRequested || _disposed != 0)
        {
            await process.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
        }

        return process;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await Task.WhenAll(_live.Values.Select(process => process.DisposeAsync().AsTask()));
        _thread.Dispose();
        _run?.Dispose();
    }

    private async Task<WorkerProcess> StartAsync(LaunchPlan plan, WorkerLaunch launch, bool trial)
    {
        var run = _run!;
        var cgroup = _cgroups?.Create(launch.Number, launch.MemoryBytesMax);
        try
        {
            run.CreateBoard(launch.Number);
            var surroundings = new WorkerSurroundings(
                launch.Number, cgroup, MemoryCounted, plan.OwnUid ? plan.Uid(launch.Number) : null, run, launch.MemoryBytesMax, time, logger);
            var command = Compose(plan, new LaunchScript(plan, run, _workerDirectory).Compose(launch.Number, cgroup?.Entries ?? [], trial));
            var process = await _thread.RunAsync(() => WorkerProcess.Start(command, surroundings, _killer));
            await process.ConnectAsync();
            return process;
        }
        catch
        {
            if (cgroup is not null) await cgroup.RemoveAsync(time);
            run.RemoveBoard(launch.Number);
            throw;
        }
    }

    private bool MemoryCounted => _cgroups?.Measures.Any(measure => measure is { Name: CgroupTree.MemoryMeasure, Given: true }) ?? false;

    /// <summary>A session of its own keeps the terminal's Ctrl-C from it: the supervisor drains first.</summary>
    private static Command Compose(LaunchPlan plan, string script)
    {
        // Nothing of the supervisor's environment: it has the database's password in it.
        var cleared = Environment.GetEnvironmentVariables().Keys.Cast<string>().ToDictionary(name => name, string? (_) => null);
        string[] shell = [MachineTools.Shell, "-c", script];
        return (plan.Tools.SetSid is { } setSid ? Cli.Wrap(setSid).WithArguments(shell) : Cli.Wrap(shell[0]).WithArguments(shell[1..]))
            .WithWorkingDirectory("/")
            .WithEnvironmentVariables(cleared);
    }

    /// <summary>Whether the checklist of this plan can be carried out: runs it with <c>true</c> in the worker's place. What stood in the way, else null.</summary>
    private async Task<string?> TryAsync(LaunchPlan plan)
    {
        await using var trial = await StartAsync(plan, new WorkerLaunch(0, 256 * 1024 * 1024), trial: true);
        var exit = await trial.Exited;
        return exit.ExitCode == 0 ? null : $"{exit.StandardErrorTail.Trim()} (exit code {exit.ExitCode}, signal {exit.Signal})";
    }

    private IReadOnlyList<IsolationMeasure> OpenCgroups(RunDirectory run)
    {
        var mounts = CgroupMounts.Read();
        CgroupTree tree = mounts.Mount("memory") is not null ? new CgroupV1(mounts, _options, run.Instance) : new CgroupV2(mounts, _options, run.Instance);
        if (_options.Without.HasFlag(Measures.Cgroup))
            return [.. tree.Measures.Select(measure => measure with { Given = false, WhyNot = IsolationProbe.SwitchedOff })];

        // A tree that gives nothing is none: then the stand-ins take over.
        if (tree.Measures.Any(measure => measure.Given)) _cgroups = tree;
        return tree.Measures;
    }

    private async Task SweepAsync(RunDirectory run)
    {
        var cgroups = 0;
        if (_cgroups is not null)
        {
            var former = run.ReadCgroupParents();
            cgroups = await _cgroups.SweepAsync([.. former, .. _cgroups.Parents], time);
            run.WriteCgroupParents([.. _cgroups.Parents]);
        }

        var processes = run.KillRecordedProcesses();
        run.RemoveBoards();
        if (cgroups + processes > 0) logger.Swept(cgroups, processes);
    }
}
