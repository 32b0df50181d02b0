namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>The kernel's kill of one worker. A seam: no test can make a process that outlives SIGKILL.</summary>
internal interface IProcessKiller
{
    /// <summary>Kills by every way there is; what the group's said where it failed. Returns before the process is gone.</summary>
    /// <param name="surroundings">The worker's control group or its stand-in.</param>
    /// <param name="processId">Its process; it still is the worker's.</param>
    /// <param name="processDescriptor">A descriptor of the process; negative where there is none.</param>
    LaunchException? Kill(WorkerSurroundings surroundings, int processId, int processDescriptor);
}
