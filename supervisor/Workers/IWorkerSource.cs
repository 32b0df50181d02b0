namespace Sandbox.Supervisor.Workers;

/// <summary>Where the pool's workers come from.</summary>
internal interface IWorkerSource
{
    /// <summary>Called once, before the first start.</summary>
    Task InitialiseAsync(CancellationToken cancellationToken);

    /// <summary>Starts a worker and waits until it is ready. Throws where it does not get ready, and leaves nothing behind then.</summary>
    /// <param name="number">From 1 in each supervisor; never the same twice.</param>
    Task<IPoolWorker> StartAsync(int number, CancellationToken cancellationToken);
}
