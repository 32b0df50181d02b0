namespace Sandbox.Supervisor.Workers.Launch;

/// <inheritdoc />
internal sealed class ProcessKiller : IProcessKiller
{
    public LaunchException? Kill(WorkerSurroundings surroundings, int processId, int processDescriptor)
    {
        LaunchException? refused = null;
        try
        {
            surroundings.Kill();
        }
        catch (LaunchException failure)
        {
            refused = failure;
        }

        if (processDescriptor >= 0) Libc.SignalProcess(processDescriptor, Libc.SignalKill);
        else Libc.Signal(processId, Libc.SignalKill);
        surroundings.KillUncounted(processId);
        return refused;
    }
}
