namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>One worker to be.</summary>
/// <param name="Number">Never used twice by a supervisor: it names the control group, the board and the user id.</param>
/// <param name="MemoryBytesMax">First limit of the whole process; see <see cref="WorkerProcess.SetMemoryMax"/>.</param>
internal sealed record WorkerLaunch(int Number, long MemoryBytesMax);
