using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Threading.Channels;
using Sandbox.Protocol.Rpc;
using StreamJsonRpc;
using Xunit;

namespace Sandbox.Tests.Integration.Worker;

/// <summary>A published worker as a plain process over plain pipes: no bubblewrap, no cgroup, no shared page.</summary>
public sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly JsonRpc _rpc;
    private readonly Host _host = new();
    private long _last;

    private WorkerProcess(Process process, JsonRpc rpc)
    {
        _process = process;
        _rpc = rpc;
        // In the order they come: an answer is seen after the lines that were sent before it.
        rpc.SynchronizationContext = new Inline();
        rpc.AddLocalRpcTarget<IWorkerHost>(_host, null);
        Worker = rpc.Attach<IWorker>();
        rpc.StartListening();
    }

    public IWorker Worker { get; }

    public WorkerHello Hello { get; private set; } = null!;

    public Process Process => _process;

    public Task Exited => _process.WaitForExitAsync(TestContext.Current.CancellationToken);

    public static string Path
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                var path = System.IO.Path.Combine(folder.FullName, "artifacts", "worker", "Sandbox.Worker");
                if (File.Exists(path)) return path;
            }

            throw new FileNotFoundException("artifacts/worker/Sandbox.Worker is missing: dotnet publish worker -c Release -o artifacts/worker");
        }
    }

    public static async Task<WorkerProcess> StartAsync(int entryThreads = 4)
    {
        var start = new ProcessStartInfo(Path) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null) Console.Error.WriteLine($"[worker {process.Id}] {line.Data}");
        };
        process.BeginErrorReadLine();
        var handler = new CappedMessageHandler(PipeWriter.Create(process.StandardInput.BaseStream), PipeReader.Create(process.StandardOutput.BaseStream), RpcFormatter.Create());
        var worker = new WorkerProcess(process, new JsonRpc(handler));
        worker.Hello = await worker.Worker.HelloAsync(new SupervisorHello(RpcProtocol.Version, entryThreads), TestContext.Current.CancellationToken);
        return worker;
    }

    public InvocationRequest Request(string source, string input = "null", string? version = null) => new()
    {
        Invocation = Interlocked.Increment(ref _last),
        VersionKey = version ?? source,
        Source = source,
        Context = """{"tenantId":"t","tenant":"demo","scriptName":"s","version":1,"executionId":"e","attempt":1,"userId":null,"trigger":{"type":"manual"},"limits":{"wallClockMs":30000,"calls":1000}}""",
        Input = input,
        HeapBytesMax = 64 << 20,
        ArrayBufferBytesMax = 64 << 20,
        CpuMsMax = 30_000,
        OutputBytesMax = 1 << 20,
    };

    public Task<InvocationResult> RunAsync(InvocationRequest request) => Worker.ExecuteAsync(request, CancellationToken.None).WaitAsync(TestContext.Current.CancellationToken);

    public Task<InvocationResult> RunAsync(string source, string input = "null") => RunAsync(Request(source, input));

    /// <summary>Output of a script that must complete.</summary>
    public async Task<string?> OutputAsync(string source, string input = "null")
    {
        var result = await RunAsync(source, input);
        if (result.Outcome != InvocationOutcome.Completed) throw new InvalidOperationException($"{result.Outcome}: {result.Error?.Message} at {result.Error?.Line}:{result.Error?.Column}");
        return result.Output;
    }

    /// <summary>The lines of an invocation that came so far; all of them once it has its answer.</summary>
    public IReadOnlyList<WorkerLogLine> Log(InvocationRequest request) => _host.Lines.TryGetValue(request.Invocation, out var lines) ? lines.ToArray() : [];

    public WorkerProgress? Progress(InvocationRequest request) => _host.Latest.TryGetValue(request.Invocation, out var progress) ? progress : null;

    /// <summary>Answers calls on the broker: capability and arguments; null: never.</summary>
    public Func<string, string, Task<CallAnswer>>? Broker
    {
        set => (_host.Worker, _host.Broker) = (Worker, value);
    }

    /// <summary>Waits for the next log line of any invocation, as it comes.</summary>
    public async Task<WorkerLogLine> NextLineAsync() => await _host.Arriving.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _rpc.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private sealed class Inline : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => d(state);
    }

    private sealed class Host : IWorkerHost
    {
        public ConcurrentDictionary<long, ConcurrentQueue<WorkerLogLine>> Lines { get; } = new();

        public ConcurrentDictionary<long, WorkerProgress> Latest { get; } = new();

        public Channel<WorkerLogLine> Arriving { get; } = Channel.CreateBounded<WorkerLogLine>(new BoundedChannelOptions(100_000) { FullMode = BoundedChannelFullMode.DropOldest });

        public Task LogAsync(long invocation, IReadOnlyList<WorkerLogLine> lines)
        {
            var all = Lines.GetOrAdd(invocation, _ => new ConcurrentQueue<WorkerLogLine>());
            foreach (var line in lines)
            {
                all.Enqueue(line);
                Arriving.Writer.TryWrite(line);
            }

            return Task.CompletedTask;
        }

        public Func<string, string, Task<CallAnswer>>? Broker { get; set; }

        public IWorker? Worker { get; set; }

        public Task LabelsAsync(long invocation, IReadOnlyList<WorkerLabel> labels) => Task.CompletedTask;

        public async Task CallAsync(long invocation, int call, string capability, string arguments)
        {
            if (Broker is null) return;
            // As the supervisor does: never on the reading thread.
            await Task.Yield();
            await Worker!.AnswerAsync(invocation, call, await Broker(capability, arguments));
        }

        public Task ProgressAsync(long invocation, WorkerProgress progress)
        {
            Latest[invocation] = progress;
            return Task.CompletedTask;
        }
    }
}
