namespace Sandbox.Supervisor.Configuration;

/// <summary>
/// Start-up cannot go on for a reason the operator can mend. <see cref="Exception.Message"/> is the one line shown on
/// standard error, without a stack trace: it names the setting or the missing part, and the remedy. Exit code 1.
/// </summary>
internal sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
