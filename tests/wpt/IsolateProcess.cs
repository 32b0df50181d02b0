using System.Diagnostics;
using System.IO.Pipelines;
using System.Text.Json;
using Sandbox.Protocol.Rpc;
using StreamJsonRpc;

namespace Sandbox.Wpt;

/// <summary>A published worker over plain pipes. It runs one test file at a time, each in an isolate of its own.</summary>
internal sealed class IsolateProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_fileMax = TimeSpan.FromMinutes(2);
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);
    private readonly Process _process;
    private readonly JsonRpc _rpc;
    private readonly IWorker _worker;
    private long _last;

    private IsolateProcess(Process process)
    {
        _process = process;
        _rpc = new JsonRpc(new CappedMessageHandler(
            PipeWriter.Create(process.StandardInput.BaseStream),
            PipeReader.Create(process.StandardOutput.BaseStream),
            RpcFormatter.Create()));
        _rpc.AddLocalRpcTarget<IWorkerHost>(new SilentHost(), null);
        _worker = _rpc.Attach<IWorker>();
        _rpc.StartListening();
    }

    public static async Task<IsolateProcess> StartAsync(string path, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(path) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        var started = new IsolateProcess(Process.Start(start)!);
        await started._worker.HelloAsync(new SupervisorHello(RpcProtocol.Version, 1), cancellationToken);
        return started;
    }

    /// <summary>The subtests of a source; one that failed stands for a source that did not run to its end.</summary>
    public async Task<IReadOnlyList<Subtest>> RunAsync(string key, string source, CancellationToken cancellationToken)
    {
        var request = new InvocationRequest
        {
            Invocation = ++_last,
            VersionKey = key,
            Source = source,
            Context = """
                {"tenantId":"t","tenant":"wpt","scriptName":"wpt","version":1,"executionId":"e","attempt":1,
                "trigger":{"type":"manual"},"limits":{"calls":0}}
                """,
            Input = "null",
            HeapBytesMax = 512L << 20,
            ArrayBufferBytesMax = 256L << 20,
            CpuMsMax = 120_000,
            OutputBytesMax = 16 << 20,
        };
        var result = await _worker.ExecuteAsync(request, cancellationToken).WaitAsync(s_fileMax, cancellationToken);
        if (result.Outcome == InvocationOutcome.Completed) return JsonSerializer.Deserialize<Subtest[]>(result.Output!, s_json)!;
        return [new Subtest("(file)", Passed: false, $"{result.Outcome}: {result.Error?.Message} ({result.Error?.Line})")];
    }

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

    /// <summary>Nothing is kept of a test, and no call of it is answered.</summary>
    private sealed class SilentHost : IWorkerHost
    {
        public Task LogAsync(long invocation, IReadOnlyList<WorkerLogLine> lines) => Task.CompletedTask;

        public Task ProgressAsync(long invocation, WorkerProgress progress) => Task.CompletedTask;

        public Task LabelsAsync(long invocation, IReadOnlyList<WorkerLabel> labels) => Task.CompletedTask;

        public Task CallAsync(long invocation, int call, string capability, string arguments) => Task.CompletedTask;
    }
}
