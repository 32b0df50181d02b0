namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>A worker that outlives its kill, for the log: nothing may be started in its place until it is gone.</summary>
internal sealed class WorkerKillException(string message, Exception? inner = null) : Exception(message, inner);
