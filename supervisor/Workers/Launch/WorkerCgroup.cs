namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>The control group (or groups, in v1 one per controller) of one worker.</summary>
internal abstract class WorkerCgroup
{
    private static readonly TimeSpan RemovalMax = TimeSpan.FromSeconds(5);

    /// <summary>The <c>cgroup.procs</c> files that a process writes itself to in order to enter.</summary>
    public abstract IReadOnlyList<string> Entries { get; }

    /// <summary>Directories, in the order of their removal.</summary>
    protected abstract IEnumerable<string> Directories { get; }

    public abstract void SetMemoryMax(long bytes);

    public abstract CgroupUsage ReadUsage();

    /// <summary>Kills all processes in it, those that fork meanwhile included.</summary>
    public abstract void Kill();

    /// <summary>Removes the group once it is empty: a dying process stays in it until the kernel has let go of its memory.</summary>
    public async Task RemoveAsync(TimeProvider time)
    {
        var started = time.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(1);
        while (true)
        {
            var failure = Directories.Select(TryRemove).FirstOrDefault(found => found is not null);
            if (failure is null) return;
            if (time.GetElapsedTime(started) > RemovalMax) throw new LaunchException($"A cgroup is still there {RemovalMax.TotalSeconds} s after its processes were killed. {failure.Message}", failure);
            await Task.Delay(pause, time);
            if (pause < TimeSpan.FromMilliseconds(64)) pause *= 2;
            Kill();
        }
    }

    private static IOException? TryRemove(string directory)
    {
        try
        {
            Directory.Delete(directory);
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
        catch (IOException failure)
        {
            return failure;
        }
    }
}
