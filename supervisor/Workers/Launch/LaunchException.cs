namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>A step of a launch, or of a kill, that failed: broken infrastructure, never a script's fault.</summary>
internal sealed class LaunchException(string message, Exception? inner = null) : Exception(message, inner);
