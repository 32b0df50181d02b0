using Sandbox.Protocol.Rpc;
using Sandbox.Worker.Isolates;
using Sandbox.Worker.Language;
using Sandbox.Worker.Process;

namespace Sandbox.Worker.Rpc;

/// <summary>The worker's side of the pipe. Each call is begun on the input thread: it queues, and returns.</summary>
internal sealed class WorkerService(Scheduler scheduler, SpareEngines spares, SourceCheckThread checks, RunningPage page) : IWorker
{
    private const int EntryThreadsMax = 64;
    private bool _started;

    public async Task<WorkerHello> HelloAsync(SupervisorHello hello, CancellationToken cancellationToken)
    {
        if (!_started)
        {
            _started = true;
            scheduler.StartThreads(Math.Clamp(hello.EntryThreads, 1, EntryThreadsMax), page);
        }

        await spares.Ready;
        return new WorkerHello(RpcProtocol.Version, V8Settings.EngineVersion);
    }

    public Task<SourceCheck> CheckAsync(string source, string? inputSchema, CancellationToken cancellationToken) => checks.Check(source, inputSchema);

    public Task PrepareAsync(InvocationRequest request, CancellationToken cancellationToken) => scheduler.PrepareAsync(request);

    public Task<InvocationResult> ExecuteAsync(InvocationRequest request, CancellationToken cancellationToken) => scheduler.Execute(request);

    public Task EndAsync(long invocation)
    {
        scheduler.End(invocation);
        return Task.CompletedTask;
    }

    public Task AnswerAsync(long invocation, int call, CallAnswer answer)
    {
        scheduler.Answered(invocation, call, answer);
        return Task.CompletedTask;
    }
}
