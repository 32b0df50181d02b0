namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>
/// Version 1: a group per controller, and one of a bare version 2 hierarchy beside them where that is mounted, for its <c>cgroup.kill</c>.
/// https://docs.kernel.org/admin-guide/cgroup-v1/
/// </summary>
internal sealed class CgroupV1 : CgroupTree
{
    private static readonly string[] Controllers = ["memory", "pids", "cpu", "cpuacct"];

    private readonly LaunchOptions _options;
    private readonly Dictionary<string, string> _parents = [];
    private readonly List<IsolationMeasure> _measures = [];

    public CgroupV1(CgroupMounts mounts, LaunchOptions options, string instance)
        : base(instance)
    {
        _options = options;
        foreach (var controller in (string[])[.. Controllers, CgroupMounts.Unified]) FindParent(mounts, controller);

        Report(MemoryMeasure, "memory");
        Report(TasksMeasure, "pids");
        Report(CpuMeasure, "cpu");
        Report(KillMeasure, CgroupMounts.Unified);
    }

    public override IReadOnlyList<IsolationMeasure> Measures => _measures;

    public override IReadOnlyList<string> Parents => [.. _parents.Values.Distinct()];

    public override WorkerCgroup Create(int number, long memoryBytesMax)
    {
        var directories = _parents.ToDictionary(parent => parent.Key, parent => Path.Combine(parent.Value, Prefix + number));
        foreach (var directory in directories.Values.Distinct()) CgroupFile.CreateDirectory(directory);
        var group = new Group(directories);
        if (directories.ContainsKey("memory")) group.SetMemoryMax(memoryBytesMax);
        if (directories.TryGetValue("pids", out var pids)) CgroupFile.Write(pids, "pids.max", _options.TasksMax);
        if (directories.TryGetValue("cpu", out var cpu))
        {
            // cpu.shares counts 1,024 where cpu.weight counts 100.
            CgroupFile.Write(cpu, "cpu.shares", Math.Max(2, _options.CpuWeight * 1024L / 100));
            if (_options.CpuMax is { } ceiling && ceiling.Split(' ') is [var quota, var period])
            {
                CgroupFile.Write(cpu, "cpu.cfs_period_us", period);
                CgroupFile.Write(cpu, "cpu.cfs_quota_us", quota == "max" ? "-1" : quota);
            }
        }

        return group;
    }

    private void FindParent(CgroupMounts mounts, string controller)
    {
        var mount = mounts.Mount(controller);
        var parent = _options.CgroupParent is { } configured && mount is not null ? Path.Join(mount, configured) : mounts.Own(controller);
        if (parent is null) return;
        var probe = Path.Combine(parent, Prefix + "probe");
        try
        {
            Directory.CreateDirectory(probe);
            if (controller == CgroupMounts.Unified && !CgroupFile.Exists(probe, "cgroup.kill")) return;
            _parents[controller] = parent;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _refused[controller] = $"{parent} cannot be written ({failure.Message}): run as root, or have the group delegated";
        }
        finally
        {
            if (Directory.Exists(probe)) Directory.Delete(probe);
        }
    }

    private readonly Dictionary<string, string> _refused = [];

    private void Report(string name, string controller)
    {
        var given = _parents.ContainsKey(controller);

        // Without cgroup.kill a group is killed process by process until it is empty, which its task limit makes certain.
        if (controller == CgroupMounts.Unified) _measures.Add(new(name, given || _parents.ContainsKey("pids"), given || _parents.ContainsKey("pids") ? null : "no cgroup v2 with cgroup.kill (Linux 5.14) and no pids controller"));
        else _measures.Add(new(name, given, given ? null : _refused.GetValueOrDefault(controller, $"the {controller} controller of cgroup v1 is not mounted")));
    }

    private sealed class Group(Dictionary<string, string> directories) : WorkerCgroup
    {
        private long _memoryMax;

        public override IReadOnlyList<string> Entries => [.. directories.Values.Distinct().Select(directory => Path.Combine(directory, "cgroup.procs"))];

        protected override IEnumerable<string> Directories => directories.Values.Distinct();

        public override void SetMemoryMax(long bytes)
        {
            if (!directories.TryGetValue("memory", out var memory)) return;

            // The kernel wants memory <= memory + swap at every moment, so the order depends on the direction. No swap: both are the same.
            string[] files = bytes >= _memoryMax && _memoryMax > 0
                ? ["memory.memsw.limit_in_bytes", "memory.limit_in_bytes"]
                : ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes"];
            foreach (var file in files.Where(file => CgroupFile.Exists(memory, file))) CgroupFile.Write(memory, file, bytes);
            if (_memoryMax == 0 && CgroupFile.Exists(memory, "memory.swappiness")) CgroupFile.Write(memory, "memory.swappiness", 0);
            _memoryMax = bytes;
        }

        public override CgroupUsage ReadUsage()
        {
            var memory = directories.GetValueOrDefault("memory", string.Empty);
            var accounting = directories.GetValueOrDefault("cpuacct", string.Empty);
            return new CgroupUsage(
                CgroupFile.ReadNumber(accounting, "cpuacct.usage") / 1000,
                CgroupFile.ReadNumber(memory, "memory.usage_in_bytes"),
                CgroupFile.ReadNumber(memory, "memory.max_usage_in_bytes"),
                CgroupFile.ReadKey(memory, "memory.oom_control", "oom_kill"));
        }

        public override void Kill()
        {
            if (directories.TryGetValue(CgroupMounts.Unified, out var unified) && Directory.Exists(unified))
            {
                CgroupFile.Write(unified, "cgroup.kill", 1);
                return;
            }

            // Nothing can be forked from here on, so that one pass finds all.
            if (directories.TryGetValue("pids", out var pids) && Directory.Exists(pids)) CgroupFile.Write(pids, "pids.max", 0);
            foreach (var directory in Directories.Where(Directory.Exists)) CgroupFile.KillEach(directory);
        }
    }
}
