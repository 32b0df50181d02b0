namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>Where this machine has its control groups, and where in them this process is (cgroups(7): <c>/proc/self/mountinfo</c> and <c>/proc/self/cgroup</c>).</summary>
internal sealed class CgroupMounts
{
    /// <summary>The name of the v2 hierarchy in the look-ups below.</summary>
    public const string Unified = "";

    private readonly Dictionary<string, (string Mount, string Root)> _mounts = [];
    private readonly Dictionary<string, string> _own = [];

    public CgroupMounts(string mountInfo, string ownCgroups)
    {
        foreach (var line in mountInfo.Split('\n')) AddMount(line);
        foreach (var line in ownCgroups.Split('\n'))
        {
            // 4:memory:/path, 5:cpu,cpuacct:/path, 0::/path
            var parts = line.Split(':', 3);
            if (parts.Length < 3) continue;
            foreach (var controller in parts[1].Split(',')) _own[controller] = parts[2];
        }
    }

    public static CgroupMounts Read() => new(File.ReadAllText("/proc/self/mountinfo"), File.ReadAllText("/proc/self/cgroup"));

    /// <summary>Mount point of a v1 controller, or of v2; null where it is not mounted.</summary>
    public string? Mount(string controller) => _mounts.TryGetValue(controller, out var found) ? found.Mount : null;

    /// <summary>This process's own group of that hierarchy as a directory; null where it is not mounted or lies outside of what is.</summary>
    public string? Own(string controller)
    {
        if (!_mounts.TryGetValue(controller, out var found) || !_own.TryGetValue(controller, out var own)) return null;

        // In a container the mount shows a part of the tree: its root is to be taken off the path.
        var below = found.Root == "/" ? own : own == found.Root ? "/" : own.StartsWith(found.Root + "/", StringComparison.Ordinal) ? own[found.Root.Length..] : null;
        return below is null ? null : Path.Join(found.Mount, below).TrimEnd('/');
    }

    private void AddMount(string line)
    {
        // 35 31 0:32 /root /mount/point rw,relatime shared:1 - cgroup cgroup rw,memory
        var parts = line.Split(" - ", 2);
        if (parts.Length < 2) return;
        var left = parts[0].Split(' ');
        var right = parts[1].Split(' ');
        if (left.Length < 5 || right.Length < 3) return;
        if (right[0] == "cgroup2") _mounts.TryAdd(Unified, (left[4], left[3]));
        if (right[0] != "cgroup") return;
        foreach (var option in right[2].Split(',')) _mounts.TryAdd(option, (left[4], left[3]));
    }
}
