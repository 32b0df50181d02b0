using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Configuration;
using Sandbox.Supervisor.Hosting;
using Sandbox.Supervisor.Workers;
using Sandbox.Supervisor.Workers.Launch;
using Sandbox.Tests.Integration.Launch;
using Xunit;

namespace Sandbox.Tests.Integration.Workers;

/// <summary>The product's pool over a copy of the fake worker that is in one mode.</summary>
internal sealed class HostilePool : IAsyncDisposable
{
    private readonly string _directory;
    private readonly WorkerLauncher _launcher;
    private readonly WorkerPool _pool;

    private HostilePool(string directory, IProcessKiller? killer, WorkersOptions? options, TimeProvider? time)
    {
        _directory = directory;
        _launcher = new WorkerLauncher(
            Options.Create(new LaunchOptions { WorkerDirectory = Path.Combine(directory, "worker") }),
            Options.Create(new SandboxOptions { DataDirectory = Path.Combine(directory, "data") }),
            TimeProvider.System,
            NullLogger<WorkerLauncher>.Instance,
            killer);
        var (workers, log) = (Options.Create(options ?? new WorkersOptions { Spare = 2, Max = 4 }), new WorkersLog(NullLogger<WorkersLog>.Instance));
        var clock = time ?? TimeProvider.System;
        _pool = new WorkerPool(new WorkerSource(_launcher, workers, clock, log), workers, clock, log);
    }

    public PoolState State => _pool.State;

    /// <summary>Numbers of the workers whose files are there.</summary>
    public IReadOnlyList<string> Numbers => [.. Directory.GetFiles(Path.Combine(_directory, "data", "run"), "board-*").Select(path => Path.GetFileName(path).Split('-')[1])];

    /// <summary>A copy of the fake worker's directory that does what the mode says, for whoever starts workers from it.</summary>
    public static async Task CopyFakeWorkerAsync(string to, string mode)
    {
        using (var copy = Process.Start("cp", ["-a", Launching.FakeWorker, to])) await copy.WaitForExitAsync(TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(to, "mode"), mode, TestContext.Current.CancellationToken);
    }

    public static async Task<HostilePool> StartAsync(string mode, IProcessKiller? killer = null, WorkersOptions? options = null, TimeProvider? time = null)
    {
        var directory = Directory.CreateTempSubdirectory("sandbox-hostile-").FullName;
        Directory.CreateDirectory(Path.Combine(directory, "data"));
        await CopyFakeWorkerAsync(Path.Combine(directory, "worker"), mode);
        var pool = new HostilePool(directory, killer, options, time);
        await pool._pool.StartAsync(TestContext.Current.CancellationToken);
        return pool;
    }

    /// <summary>A tenant of its own each time: so a worker of its own.</summary>
    public Task<WorkerLease> LeaseAsync() => LeaseAsync(Guid.NewGuid());

    public Task<WorkerLease> LeaseAsync(Guid tenantId) => _pool.LeaseAsync(new LeaseRequest(tenantId, Guid.NewGuid()), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _launcher.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    public static InvocationRequest Request(int version, string? input = null) => new()
    {
        Invocation = Sandbox.Supervisor.Workers.Worker.NextInvocation(),
        VersionKey = $"v{version}",
        Source = "return 1;",
        Context = "{}",
        Input = input is null ? "null" : $"\"{input}\"",
        HeapBytesMax = 64 << 20,
        ArrayBufferBytesMax = 64 << 20,
        CpuMsMax = 30_000,
        OutputBytesMax = 1 << 20,
    };
}
