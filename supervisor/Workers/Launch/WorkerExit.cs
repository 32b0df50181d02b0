namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>How a worker's process ended, as far as the supervisor and the kernel saw it.</summary>
/// <param name="ExitCode">What it passed to <c>exit</c>; null where a signal ended it.</param>
/// <param name="Signal">What ended it: 6 is V8's or the runtime's abort, 9 a kill, 31 a system call that is no part of this architecture.</param>
/// <param name="KillReason">The first reason given to <see cref="WorkerProcess.KillAsync"/>, if it came before the end.</param>
/// <param name="OomKills">Processes of it that the kernel (or the watchdog, where there is no cgroup) killed for memory.</param>
/// <param name="MemoryPeakBytes">Most memory it ever had; 0 where the machine cannot tell.</param>
/// <param name="CpuMicroseconds">CPU time of all its threads.</param>
/// <param name="Running">Invocations that were on a thread at the end, by the worker's own word.</param>
/// <param name="StandardErrorTail">The last of what it wrote to its standard error.</param>
internal sealed record WorkerExit(
    int? ExitCode,
    int? Signal,
    KillReason? KillReason,
    long OomKills,
    long MemoryPeakBytes,
    long CpuMicroseconds,
    IReadOnlyList<long> Running,
    string StandardErrorTail);
