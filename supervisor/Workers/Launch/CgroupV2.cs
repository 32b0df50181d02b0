namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>
/// Version 2. A group that hands controllers down may hold no process itself (the "no internal process" rule), so the supervisor moves
/// into a leaf of its own group first; systemd's <c>DelegateSubgroup=</c> would do it, but only from 254 on.
/// https://docs.kernel.org/admin-guide/cgroup-v2.html
/// </summary>
internal sealed class CgroupV2 : CgroupTree
{
    private static readonly string[] Controllers = ["memory", "pids", "cpu"];

    private const int MoveRounds = 20;

    private readonly LaunchOptions _options;
    private readonly string? _parent;
    private readonly string _leaf;
    private readonly List<IsolationMeasure> _measures = [];
    private string _refused = "cgroup v2 is not mounted, or this process's group lies outside of the mount";

    public CgroupV2(CgroupMounts mounts, LaunchOptions options, string instance)
        : base(instance)
    {
        _options = options;
        _leaf = $"sandbox-{instance}-supervisor";
        _parent = FindParent(mounts);
        var enabled = _parent is null ? [] : Words(_parent, "cgroup.subtree_control");
        Report(MemoryMeasure, enabled.Contains("memory"));
        Report(TasksMeasure, enabled.Contains("pids"));
        Report(CpuMeasure, enabled.Contains("cpu"));
        Report(KillMeasure, _parent is not null);
    }

    public override IReadOnlyList<IsolationMeasure> Measures => _measures;

    public override IReadOnlyList<string> Parents => _parent is null ? [] : [_parent];

    public override WorkerCgroup Create(int number, long memoryBytesMax)
    {
        var directory = Path.Combine(_parent ?? throw new LaunchException(_refused), Prefix + number);
        CgroupFile.CreateDirectory(directory);
        var group = new Group(directory);
        group.SetMemoryMax(memoryBytesMax);
        WriteWhereThere(directory, "memory.swap.max", "0");

        // One of the worker's processes killed for memory is the worker killed.
        WriteWhereThere(directory, "memory.oom.group", "1");
        WriteWhereThere(directory, "pids.max", _options.TasksMax.ToString());
        WriteWhereThere(directory, "cpu.weight", _options.CpuWeight.ToString());
        if (_options.CpuMax is { } ceiling) WriteWhereThere(directory, "cpu.max", ceiling);
        return group;
    }

    private static void WriteWhereThere(string directory, string file, string value)
    {
        if (CgroupFile.Exists(directory, file)) CgroupFile.Write(directory, file, value);
    }

    private string? FindParent(CgroupMounts mounts)
    {
        var mount = mounts.Mount(CgroupMounts.Unified);
        if (mount is null) return null;
        if (_options.CgroupParent is { } configured)
        {
            var parent = Path.Join(mount, configured);
            return Delegates(parent) || Enable(parent) ? parent : null;
        }

        if (mounts.Own(CgroupMounts.Unified) is not { } own) return null;
        if (Path.GetFileName(own) == _leaf) own = Path.GetDirectoryName(own)!;
        if (MoveIntoLeaf(own) && Enable(own)) return own;

        // A login session's scope has other processes; the slice above it hands its controllers down already. What our own group
        // lacked is the reason to report, whatever the groups above say.
        var refused = _refused;
        for (var above = Path.GetDirectoryName(own); above is not null && above.Length >= mount.Length; above = Path.GetDirectoryName(above))
        {
            if (Delegates(above)) return above;
        }

        _refused = refused;
        return null;
    }

    /// <summary>Whether all of the group's processes are ours, and now in the leaf.</summary>
    private bool MoveIntoLeaf(string own)
    {
        // The root of the whole hierarchy is exempt from the rule.
        if (!CgroupFile.Exists(own, "cgroup.type")) return true;
        var leaf = Path.Combine(own, _leaf);
        try
        {
            CgroupFile.CreateDirectory(leaf);

            // The database's processes come and go meanwhile: again until none is left.
            for (var round = 0; round < MoveRounds; round++)
            {
                var processes = CgroupFile.ReadProcesses(own);
                if (processes.Count == 0) return true;
                var strangers = processes.Where(process => !ProcessTree.IsSelfOrDescendant(process) && ProcessTree.Read(process) is not null).ToList();
                if (strangers.Count > 0)
                {
                    _refused = $"{own} holds processes that are not the supervisor's ({string.Join(", ", strangers.Take(5))}): start it as a service with Delegate=yes, or set Sandbox:Workers:CgroupParent";
                    return false;
                }

                foreach (var process in processes) Move(process, leaf);
            }

            _refused = $"{own} still holds processes after {MoveRounds} tries to move them into {leaf}";
            return false;
        }
        catch (LaunchException failure)
        {
            _refused = $"{failure.Message} Have the group delegated (systemd: Delegate=yes)";
            return false;
        }
    }

    private static void Move(int process, string leaf)
    {
        try
        {
            CgroupFile.Write(leaf, "cgroup.procs", process);
        }
        catch (LaunchException) when (ProcessTree.Read(process) is null)
        {
            // It has ended since it was listed.
        }
    }

    private bool Enable(string parent)
    {
        foreach (var controller in Controllers.Intersect(Words(parent, "cgroup.controllers")))
        {
            try
            {
                CgroupFile.Write(parent, "cgroup.subtree_control", "+" + controller);
            }
            catch (LaunchException failure)
            {
                _refused = failure.Message;
            }
        }

        return Delegates(parent);
    }

    /// <summary>Whether groups made here have memory and task limits, and may be made.</summary>
    private bool Delegates(string parent)
    {
        var enabled = Words(parent, "cgroup.subtree_control");
        if (!enabled.Contains("memory") || !enabled.Contains("pids")) return false;
        var probe = Path.Combine(parent, Prefix + "probe");
        try
        {
            Directory.CreateDirectory(probe);
            Directory.Delete(probe);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _refused = $"{parent} cannot be written ({failure.Message}): run as root, or have the group delegated (systemd: Delegate=yes)";
            return false;
        }
    }

    private static string[] Words(string directory, string file) =>
        CgroupFile.ReadText(directory, file).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private void Report(string name, bool given) => _measures.Add(new(name, given, given ? null : _refused));

    private sealed class Group(string directory) : WorkerCgroup
    {
        private long _peak;

        public override IReadOnlyList<string> Entries => [Path.Combine(directory, "cgroup.procs")];

        protected override IEnumerable<string> Directories => [directory];

        public override void SetMemoryMax(long bytes) => CgroupFile.Write(directory, "memory.max", bytes);

        public override CgroupUsage ReadUsage()
        {
            var current = CgroupFile.ReadNumber(directory, "memory.current");

            // memory.peak is there from Linux 5.19 on; before, the largest that was seen.
            _peak = Math.Max(_peak, Math.Max(current, CgroupFile.ReadNumber(directory, "memory.peak")));
            return new CgroupUsage(CgroupFile.ReadKey(directory, "cpu.stat", "usage_usec"), current, _peak, CgroupFile.ReadKey(directory, "memory.events", "oom_kill"));
        }

        public override void Kill()
        {
            if (!Directory.Exists(directory)) return;
            if (CgroupFile.Exists(directory, "cgroup.kill"))
            {
                CgroupFile.Write(directory, "cgroup.kill", "1");
                return;
            }

            if (CgroupFile.Exists(directory, "pids.max")) CgroupFile.Write(directory, "pids.max", "0");
            CgroupFile.KillEach(directory);
        }
    }
}
