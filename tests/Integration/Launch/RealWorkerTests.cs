using System.Globalization;
using System.IO.Pipelines;
using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Workers.Launch;
using Sandbox.Tests.Security.Process;
using Shouldly;
using StreamJsonRpc;
using Xunit;

namespace Sandbox.Tests.Integration.Launch;

/// <summary>The product's own worker under every measure: what the filters and the empty root leave must be enough for .NET and V8.</summary>
[Collection(nameof(Launching))]
public sealed class RealWorkerTests
{
    [Theory(Timeout = 120_000)]
    [InlineData("None", 2, "bubblewrap's and the worker's own")]
    [InlineData("Namespaces", 1, "the worker's own")]
    [InlineData("Seccomp", 0, "none")]
    public async Task It_runs_scripts_that_use_every_corner_of_the_engine(string without, int filters, string whose)
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken, options =>
        {
            options.WorkerDirectory = Launching.RealWorker;
            options.Without = Enum.Parse<Measures>(without);
        });
        await using var process = await launching.Launcher.StartAsync(new WorkerLaunch(1, 700 << 20), TestContext.Current.CancellationToken);
        using var rpc = Connect(process, out var worker);
        await HelloAsync(process, worker);

        foreach (var (source, output) in new[]
        {
            ("return 1 + 1;", "2"),
            // The data of locales are a file that ICU maps from the worker's folder.
            ("return (1.5).toLocaleString('uz-UZ');", "\"1,5\""),
            ("return [new Intl.DateTimeFormat('de').format(new Date(0)), 'x'.localeCompare('y'), (1e6).toLocaleString()].length;", "3"),
            ("let s = 0; for (let i = 0; i < 5e6; i++) s += i % 7; return s > 0;", "true"),
            ("const a = []; for (let i = 0; i < 300000; i++) a.push({ i, t: 'x' + i }); return a.length;", "300000"),
            ("return new Uint8Array(20 * 1024 * 1024).length;", "20971520"),
            ("return /(a+)+b/.test('aaaaaaaaaaaaaaaaaaaa');", "false"),
            ("await new Promise(r => setTimeout(r, 50)); return 'late';", "\"late\""),
        })
        {
            var running = worker.ExecuteAsync(Request(source), CancellationToken.None);
            (await Task.WhenAny(running, process.Exited, Task.Delay(15_000, TestContext.Current.CancellationToken))).ShouldBe(running, source);
            var result = await running;
            result.Outcome.ShouldBe(InvocationOutcome.Completed, $"{source}: {result.Error?.Message}");
            result.Output.ShouldBe(output);
        }

        var innermost = Launching.InnermostOf(process);
        Findings.Status(innermost, "Seccomp_filters").ShouldBe($"{filters}", whose);
        int.Parse(Findings.Status(innermost, "Threads"), CultureInfo.InvariantCulture).ShouldBeLessThan(60);
        process.ReadUsage().OomKills.ShouldBe(0);
    }

    /// <summary>abort(3) signals its own process: where a filter refuses that, the process ends by a segmentation fault.</summary>
    [Theory(Timeout = 120_000)]
    [InlineData("None")]
    [InlineData("Namespaces")]
    public async Task V8s_abort_is_told_as_a_signal_and_the_board_names_who_ran(string without)
    {
        await using var launching = await Launching.InitialisedAsync(TestContext.Current.CancellationToken, options =>
        {
            options.WorkerDirectory = Launching.RealWorker;
            options.Without = Enum.Parse<Measures>(without);
        });
        await using var process = await launching.Launcher.StartAsync(new WorkerLaunch(1, 4L << 30), TestContext.Current.CancellationToken);
        using var rpc = Connect(process, out var worker);
        await HelloAsync(process, worker);
        await Should.ThrowAsync<ConnectionLostException>(() => worker.ExecuteAsync(Request("return 'x'.repeat(2 ** 28).split('').length;") with { Invocation = 77 }, TestContext.Current.CancellationToken));
        var exit = await process.Exited;
        exit.Signal.ShouldBe(6);
        exit.Running.ShouldBe([77L]);
        exit.OomKills.ShouldBe(0);
    }

    private static JsonRpc Connect(WorkerProcess process, out IWorker worker)
    {
        var rpc = new JsonRpc(new CappedMessageHandler(PipeWriter.Create(process.Input), PipeReader.Create(process.Output), RpcFormatter.Create()));
        worker = rpc.Attach<IWorker>();
        rpc.AddLocalRpcTarget<IWorkerHost>(new Deaf(), null);
        rpc.StartListening();
        return rpc;
    }

    private static async Task HelloAsync(WorkerProcess process, IWorker worker)
    {
        try
        {
            (await worker.HelloAsync(new SupervisorHello(RpcProtocol.Version, 2), TestContext.Current.CancellationToken)).Version.ShouldBe(RpcProtocol.Version);
        }
        catch (ConnectionLostException failure)
        {
            throw new InvalidOperationException($"No hello: {await process.Exited}", failure);
        }
    }

    private static long s_attempts;

    private static InvocationRequest Request(string source) => new()
    {
        Invocation = Interlocked.Increment(ref s_attempts),
        VersionKey = source,
        Source = source,
        Context = """{"tenantId":"t","tenant":"demo","scriptName":"s","version":1,"executionId":"e","invocation":1,"userId":null,"trigger":{"type":"manual"},"limits":{"wallClockMs":30000}}""",
        Input = "null",
        HeapBytesMax = 64 << 20,
        ArrayBufferBytesMax = 64 << 20,
        CpuMsMax = 20_000,
        OutputBytesMax = 1 << 20,
    };

    private sealed class Deaf : IWorkerHost
    {
        public Task LogAsync(long invocation, IReadOnlyList<WorkerLogLine> lines) => Task.CompletedTask;

        public Task ProgressAsync(long invocation, WorkerProgress progress) => Task.CompletedTask;

        public Task LabelsAsync(long invocation, IReadOnlyList<WorkerLabel> labels) => Task.CompletedTask;

        public Task CallAsync(long invocation, int call, string capability, string arguments) => Task.CompletedTask;
    }
}
