using Sandbox.Supervisor.HttpTriggers;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Supervisor.Hosting;

/// <summary>Reads tenants and routes into memory once the database is open and before the listeners are.</summary>
internal sealed class LiveLoader(TenantStore tenants, ScriptStore scripts, LiveTenants liveTenants, RouteTable routes) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        liveTenants.Load(await tenants.AllAsync(cancellationToken));
        routes.Load(await scripts.AllHttpAsync(cancellationToken));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
