using Microsoft.Extensions.Options;
using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Supervisor.Workers;

/// <summary>Starts worker processes with the product's launcher.</summary>
internal sealed class WorkerSource(WorkerLauncher launcher, IOptions<WorkersOptions> options, TimeProvider time, WorkersLog log) : IWorkerSource
{
    public Task InitialiseAsync(CancellationToken cancellationToken) => launcher.InitialiseAsync(cancellationToken);

    public async Task<IPoolWorker> StartAsync(int number, CancellationToken cancellationToken) =>
        await WorkerStart.RunAsync(launcher, number, options.Value, time, log, cancellationToken);
}
