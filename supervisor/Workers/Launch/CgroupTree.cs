namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>The control groups of one supervisor's workers.</summary>
internal abstract class CgroupTree(string instance)
{
    public const string MemoryMeasure = "cgroup: memory limit";
    public const string TasksMeasure = "cgroup: task limit";
    public const string CpuMeasure = "cgroup: cpu weight";
    public const string KillMeasure = "cgroup: kill of the whole group";

    /// <summary>What it gives and what it lacks.</summary>
    public abstract IReadOnlyList<IsolationMeasure> Measures { get; }

    /// <summary>Directories under which the workers' groups are made.</summary>
    public abstract IReadOnlyList<string> Parents { get; }

    /// <summary>Begins the name of every worker's group.</summary>
    protected string Prefix { get; } = $"sandbox-{instance}-worker-";

    /// <summary>A group with every limit written, and nobody in it.</summary>
    public abstract WorkerCgroup Create(int number, long memoryBytesMax);

    /// <summary>Kills and removes the groups that an earlier supervisor of the same data directory left. How many there were.</summary>
    public async Task<int> SweepAsync(IEnumerable<string> parents, TimeProvider time)
    {
        var swept = 0;
        foreach (var parent in parents.Distinct().Where(Directory.Exists))
        {
            foreach (var directory in Directory.GetDirectories(parent, Prefix + "*"))
            {
                var orphan = new OrphanCgroup(directory);
                orphan.Kill();
                await orphan.RemoveAsync(time);
                swept++;
            }
        }

        return swept;
    }

    private sealed class OrphanCgroup(string directory) : WorkerCgroup
    {
        public override IReadOnlyList<string> Entries => [];

        protected override IEnumerable<string> Directories => [directory];

        public override void SetMemoryMax(long bytes) => throw new NotSupportedException("An orphan's limits stay as they are.");

        public override CgroupUsage ReadUsage() => default;

        public override void Kill()
        {
            if (CgroupFile.Exists(directory, "cgroup.kill")) CgroupFile.Write(directory, "cgroup.kill", 1);
            else CgroupFile.KillEach(directory);
        }
    }
}
