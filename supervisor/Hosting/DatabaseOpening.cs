using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.History;

namespace Sandbox.Supervisor.Hosting;

/// <summary>
/// The first of all services to start: the database, and in it what an earlier process left in the journal. A Ctrl-C during a long start is heard, and what
/// was started is stopped again.
/// </summary>
internal sealed class DatabaseOpening(DatabaseStartup startup, HistoryWriter history) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await startup.StartAsync(cancellationToken);
        await history.RecoverAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
