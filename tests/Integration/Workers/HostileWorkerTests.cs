using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Hosting;
using Sandbox.Supervisor.Workers;
using Sandbox.Supervisor.Workers.Launch;
using Sandbox.Tests.Integration.Launch;
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
    public async Task A_worker_that_breaks_the_protocol_is_killed_and_its_attempt_learns_of_it(string mode)
    {
        await using var pool = await Pool.StartAsync(mode);
        using var lease = await pool.LeaseAsync();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var end = await lease.ExecuteAsync(Request(1), new Sink());

        end.Result.ShouldBeNull();
        end.Exit.ShouldNotBeNull();
        Directory.Exists($"/proc/{lease.Worker.ProcessId}").ShouldBeFalse();
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(64L << 20);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_board_names_the_attempt_that_was_on_a_thread_when_the_worker_aborted()
    {
        await using var pool = await Pool.StartAsync("on-execute board-and-abort");
        using var lease = await pool.LeaseAsync();
        var request = Request(1);
        var end = await lease.ExecuteAsync(request, new Sink());
        end.OnThread.ShouldBeTrue();
        end.Exit!.Running.ShouldContain(request.Attempt);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("garbage")]
    [InlineData("gigabyte-frame")]
    [InlineData("wrong-version")]
    [InlineData("exit 3")]
    public async Task A_worker_that_never_gets_ready_is_no_spare_and_starting_backs_off(string mode)
    {
        await using var pool = await Pool.StartAsync(mode);
        while (!pool.State.CrashLoop) await Task.Delay(50, TestContext.Current.CancellationToken);
        pool.State.Alive.ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    public async Task Messages_in_the_name_of_other_attempts_reach_no_one()
    {
        await using var pool = await Pool.StartAsync("forged-attempts");
        using var first = await pool.LeaseAsync();
        using var second = await pool.LeaseAsync();
        second.Worker.ShouldNotBe(first.Worker);
        var (own, other) = (new Sink(), new Sink());
        var attempt = Request(1);
        var ends = await Task.WhenAll(first.ExecuteAsync(attempt, own), second.ExecuteAsync(Request(2), other));
        ends.ShouldAllBe(e => e.Result != null);
        own.Lines.ShouldBe(0);
        other.Lines.ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_flood_of_messages_leaves_the_memory_flat_and_ends_with_the_kill()
    {
        await using var pool = await Pool.StartAsync("flood");
        using var lease = await pool.LeaseAsync();
        var sink = new Sink();
        var running = lease.ExecuteAsync(Request(1), sink);
        while (sink.Lines < 20_000 && !running.IsCompleted) await Task.Delay(20, TestContext.Current.CancellationToken);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var more = sink.Lines + 50_000;
        while (sink.Lines < more && !running.IsCompleted) await Task.Delay(20, TestContext.Current.CancellationToken);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(16L << 20);
        await lease.Worker.KillAsync("deadline");
        (await running).Exit.ShouldNotBeNull();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_worker_that_reads_nothing_more_does_not_hold_up_its_kill()
    {
        await using var pool = await Pool.StartAsync("reads-hello-only");
        using var lease = await pool.LeaseAsync();
        var running = lease.ExecuteAsync(Request(1) with { Input = $"\"{new string('x', 8 << 20)}\"" }, new Sink());
        _ = lease.Worker.EndAsync(1);
        await lease.Worker.KillAsync("deadline");
        var end = await running;
        end.Exit!.KillReason.ShouldBe("deadline");
        Directory.Exists($"/proc/{lease.Worker.ProcessId}").ShouldBeFalse();
    }

    private static AttemptRequest Request(int version) => new()
    {
        Attempt = Sandbox.Supervisor.Workers.Worker.NextAttempt(),
        VersionKey = $"v{version}",
        Source = "return 1;",
        Context = "{}",
        Input = "null",
        HeapBytesMax = 64 << 20,
        ArrayBufferBytesMax = 64 << 20,
        CpuMsMax = 30_000,
        OutputBytesMax = 1 << 20,
    };

    private sealed class Sink : IAttemptSink
    {
        private int _lines;

        public int Lines => Volatile.Read(ref _lines);

        public bool Log(IReadOnlyList<WorkerLogLine> lines)
        {
            Interlocked.Add(ref _lines, lines.Count);
            return true;
        }

        public bool Progress(WorkerProgress progress)
        {
            Interlocked.Increment(ref _lines);
            return true;
        }
    }

    /// <summary>The product's pool over a copy of the fake worker that is in one mode.</summary>
    private sealed class Pool : IAsyncDisposable
    {
        private readonly string _directory;
        private readonly WorkerLauncher _launcher;
        private readonly WorkerPool _pool;

        private Pool(string directory)
        {
            _directory = directory;
            _launcher = new WorkerLauncher(
                Options.Create(new LaunchOptions { WorkerDirectory = Path.Combine(directory, "worker") }),
                Options.Create(new SandboxOptions { DataDirectory = Path.Combine(directory, "data") }),
                TimeProvider.System,
                NullLogger<WorkerLauncher>.Instance);
            _pool = new WorkerPool(_launcher, Options.Create(new WorkersOptions { Spare = 2, Max = 4 }), TimeProvider.System, new WorkersLog(NullLogger<WorkersLog>.Instance));
        }

        public PoolState State => _pool.State;

        public static async Task<Pool> StartAsync(string mode)
        {
            var directory = Directory.CreateTempSubdirectory("sandbox-hostile-").FullName;
            Directory.CreateDirectory(Path.Combine(directory, "data"));
            using (var copy = Process.Start("cp", ["-a", Launching.FakeWorker, Path.Combine(directory, "worker")])) await copy.WaitForExitAsync(TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(directory, "worker", "mode"), mode, TestContext.Current.CancellationToken);
            var pool = new Pool(directory);
            await pool._pool.StartAsync(TestContext.Current.CancellationToken);
            return pool;
        }

        /// <summary>A tenant of its own each time: so a worker of its own.</summary>
        public Task<WorkerLease> LeaseAsync() => _pool.LeaseAsync(new LeaseRequest(Guid.NewGuid(), Guid.NewGuid()), TestContext.Current.CancellationToken);

        public async ValueTask DisposeAsync()
        {
            await _pool.DisposeAsync();
            await _launcher.DisposeAsync();
            Directory.Delete(_directory, recursive: true);
        }
    }
}
