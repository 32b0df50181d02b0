using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Hosting;

/// <summary>The first of all services to start: a Ctrl-C during a long start is heard, and what was started is stopped again.</summary>
internal sealed class DatabaseOpening(DatabaseStartup startup) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => startup.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
