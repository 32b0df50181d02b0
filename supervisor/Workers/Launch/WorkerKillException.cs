namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>A worker that outlived its kill: nothing may be started in its place until it is gone.</summary>
internal sealed class WorkerKillException(string message, Exception? inner = null) : Exception(message, inner);
