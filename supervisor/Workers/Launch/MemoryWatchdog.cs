namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>
/// Stands in for the memory cgroup where there is none: samples the resident memory of a worker's processes and kills
/// above the limit. A fast allocator gets past the limit between two samples; hence a stand-in, and reported as such.
/// </summary>
internal sealed class MemoryWatchdog(int number, long memoryBytesMax, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private CgroupUsage _seen;
    private long _kills;
    private long _memoryBytesMax = memoryBytesMax;

    public long MemoryBytesMax
    {
        set => Volatile.Write(ref _memoryBytesMax, value);
    }

    public void Start(int processId, Func<Task> kill) => _ = Task.Run(() => WatchAsync(processId, kill), CancellationToken.None);

    /// <summary>What the group did not count, as the samples saw it.</summary>
    public CgroupUsage Complete(CgroupUsage counted, int processId)
    {
        var seen = _stop.IsCancellationRequested ? _seen : Sample(processId);
        return new CgroupUsage(
            Math.Max(counted.CpuMicroseconds, seen.CpuMicroseconds), seen.MemoryBytes, seen.MemoryPeakBytes, counted.OomKills + Volatile.Read(ref _kills));
    }

    public void Dispose() => _stop.Cancel();

    private async Task WatchAsync(int processId, Func<Task> kill)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                var limit = Volatile.Read(ref _memoryBytesMax);
                var usage = Sample(processId);
                if (usage.MemoryBytes <= limit) continue;
                Interlocked.Increment(ref _kills);
                logger.MemoryWatchdogKills(number, usage.MemoryBytes, limit);
                await kill();
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The worker has ended.
        }
    }

    private CgroupUsage Sample(int processId)
    {
        long cpu = 0, memory = 0;
        foreach (var entry in ProcessTree.Below(processId))
        {
            cpu += entry.CpuMicroseconds;
            memory += entry.ResidentBytes;
        }

        var seen = _seen;
        return _seen = new CgroupUsage(Math.Max(cpu, seen.CpuMicroseconds), memory, Math.Max(memory, seen.MemoryPeakBytes), 0);
    }
}
