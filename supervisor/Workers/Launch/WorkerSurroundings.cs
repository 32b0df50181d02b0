namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>What was made for one worker outside of its process, and is unmade after it: control group or its stand-in, and the board.</summary>
internal sealed class WorkerSurroundings(
    int number, WorkerCgroup? cgroup, bool memoryCounted, long? ownUid, RunDirectory run, long memoryBytesMax, TimeProvider time, ILogger logger)
{
    private readonly MemoryWatchdog? _watchdog = memoryCounted ? null : new MemoryWatchdog(number, memoryBytesMax, time, logger);
    private CgroupUsage _last;

    public int Number => number;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    public CgroupUsage ReadUsage(int processId)
    {
        var usage = cgroup?.ReadUsage() ?? default;
        if (_watchdog is not null) usage = _watchdog.Complete(usage, processId);

        // The group is gone once the worker is: its last figures stand.
        return _last = new CgroupUsage(
            Math.Max(usage.CpuMicroseconds, _last.CpuMicroseconds),
            usage.MemoryBytes,
            Math.Max(usage.MemoryPeakBytes, _last.MemoryPeakBytes),
            Math.Max(usage.OomKills, _last.OomKills));
    }

    public void SetMemoryMax(long bytes)
    {
        if (memoryCounted) cgroup!.SetMemoryMax(bytes);
        if (_watchdog is not null) _watchdog.MemoryBytesMax = bytes;
    }

    public IReadOnlyList<long> ReadBoard() => run.ReadBoard(number);

    public IDisposable? Watch(int processId, Func<Task> kill)
    {
        // Where a group holds the worker, the group is what the next start sweeps.
        if (cgroup is null) run.RecordProcess(number, processId);
        _watchdog?.Start(processId, kill);
        return _watchdog;
    }

    public void Kill() => cgroup?.Kill();

    /// <summary>Where no group counts the worker's processes: its tree, its session, and whatever has its user id.</summary>
    public void KillUncounted(int processId)
    {
        if (cgroup is not null) return;
        foreach (var entry in ProcessTree.Below(processId)) Libc.Signal(entry.Id, Libc.SignalKill);
        KillUser();
    }

    public async Task RemoveAsync(int processId)
    {
        if (cgroup is null)
        {
            // Its session outlives it under the same number.
            Libc.Signal(-processId, Libc.SignalKill);
            KillUser();
        }
        else
        {
            // What the worker's own end left behind: processes of its that did not end with it.
            cgroup.Kill();
            await cgroup.RemoveAsync(time);
        }

        run.ForgetProcess(number);
        run.RemoveBoard(number);
    }

    private void KillUser()
    {
        if (ownUid is not { } uid) return;
        foreach (var process in ProcessTree.OfUser(uid)) Libc.Signal(process, Libc.SignalKill);
    }
}
