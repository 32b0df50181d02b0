namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>Section <c>Sandbox:Workers</c>, the part of it that says how a worker's process is launched.</summary>
internal sealed class LaunchOptions
{
    public const string Section = "Sandbox:Workers";

    /// <summary>Directory of the published worker (its executable is <c>Sandbox.Worker</c>). Null: <c>worker</c> beside the supervisor's binary, else <c>artifacts/worker</c> of a checkout.</summary>
    public string? WorkerDirectory { get; set; }

    /// <summary>Processes and threads of one worker (<c>pids.max</c>). Fewer than 40 starve the runtime.</summary>
    public int TasksMax { get; set; } = 64;

    /// <summary>Share of the CPU beside other workers, as in <c>cpu.weight</c>: 1 to 10,000.</summary>
    public int CpuWeight { get; set; } = 100;

    /// <summary>Quota and period in microseconds, as in <c>cpu.max</c> (<c>200000 100000</c> is two CPUs). Null: no ceiling.</summary>
    public string? CpuMax { get; set; }

    /// <summary>Cgroup under which the workers' groups are made, as a path below the mount of the hierarchy. Null: the supervisor's own.</summary>
    public string? CgroupParent { get; set; }

    /// <summary>Measures that are left out although the machine has them: for tests, and to find out which one is at fault. Reported as missing.</summary>
    public Measures Without { get; set; }
}
