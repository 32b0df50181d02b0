using Sandbox.Supervisor.Configuration;
using Sandbox.Supervisor.Hosting;

namespace Sandbox.Supervisor.Database;

/// <summary><c>Sandbox:DataDirectory</c> as an absolute path.</summary>
internal sealed class DataDirectory(string? configured)
{
    public string Path { get; } = System.IO.Path.GetFullPath(string.IsNullOrWhiteSpace(configured) ? new SandboxOptions().DataDirectory : configured);
}
