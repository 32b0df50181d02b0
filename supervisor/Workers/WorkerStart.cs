using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Supervisor.Workers;

/// <summary>From nothing to a worker that can take an execution: launch → hello → a first script of ours.</summary>
internal static class WorkerStart
{
    /// <summary>A first script of ours, in an isolate that is thrown away: what is compiled and loaded by the first execution is then there for a tenant's.</summary>
    private static readonly InvocationRequest s_warmUp = new()
    {
        Invocation = 0,
        VersionKey = RpcProtocol.WarmUpVersion,
        Source = "await null; console.debug('ready'); return { input: context.input };",
        Context = "{}",
        Input = "null",
        Alone = true,
        HeapBytesMax = 64L << 20,
        ArrayBufferBytesMax = 64L << 20,
        CpuMsMax = 10_000,
        OutputBytesMax = 1024,
    };

    /// <summary>Starts a process and waits for its hello. Throws where it does not come in time or is of another version; nothing is left behind then.</summary>
    public static async Task<Worker> RunAsync(WorkerLauncher launcher, int number, WorkersOptions options, TimeProvider time, WorkersLog log, CancellationToken cancellationToken)
    {
        var process = await launcher.StartAsync(new WorkerLaunch(number, options.BaseMemoryBytes), cancellationToken);
        var worker = new Worker(process, options, time, log);
        try
        {
            var hello = await worker.HelloAsync().WaitAsync(options.StartTimeout, time, cancellationToken);
            if (hello.Version != RpcProtocol.Version)
                throw new InvalidOperationException($"The worker speaks version {hello.Version} of the protocol, this supervisor {RpcProtocol.Version}: deploy both from one build.");
            await worker.WarmUpAsync(s_warmUp with { Invocation = Worker.NextInvocation() }).WaitAsync(options.StartTimeout, time, cancellationToken);
            return worker;
        }
        catch (Exception e)
        {
            // However long that takes: while it lives it counts.
            await worker.KillAsync(KillReason.NoHello);
            var exit = await worker.Exited;
            await worker.DisposeAsync();
            if (e is OperationCanceledException && cancellationToken.IsCancellationRequested) throw;
            throw new InvalidOperationException(
                $"Worker {number} did not get ready ({(e is TimeoutException ? $"no hello within {options.StartTimeout} (Sandbox:Workers:StartTimeout)" : e.Message)}); exit code {exit.ExitCode}, signal {exit.Signal}. It said: {UntrustedText.ForLog(exit.StandardErrorTail)}", e);
        }
    }
}
