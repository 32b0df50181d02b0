namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>The measures of isolation that a machine may lack.</summary>
[Flags]
internal enum Measures
{
    None = 0,

    /// <summary>A control group per worker.</summary>
    Cgroup = 1,

    /// <summary>bubblewrap: an empty root and namespaces of its own.</summary>
    Namespaces = 2,

    /// <summary>A network namespace whose loopback is down (bubblewrap's own brings it up).</summary>
    NetworkDown = 4,

    /// <summary>A user id that no other worker and nothing else on the machine has.</summary>
    OwnUid = 8,

    /// <summary>The two seccomp filters.</summary>
    Seccomp = 16,
}
