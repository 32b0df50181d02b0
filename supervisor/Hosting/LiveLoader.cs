using Sandbox.Supervisor.Hosting.Configuration;
using Sandbox.Supervisor.Hosting.Web;
using Sandbox.Supervisor.HttpTriggers;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Supervisor.Hosting;

/// <summary>Reads tenants and routes into memory once the database is open and before the listeners are.</summary>
internal sealed class LiveLoader(TenantStore tenants, ScriptStore scripts, LiveTenants liveTenants, RouteTable routes, WebOptions web, ILogger<LiveLoader> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var all = await tenants.AllAsync(cancellationToken);
        liveTenants.Load(all);
        foreach (var (page, endpoint) in SharedDomains.Find(web.Hosts, [.. all.SelectMany(tenant => tenant.Hosts)])) HttpLog.DomainShared(logger, page, endpoint);
        routes.Load(await scripts.AllHttpAsync(cancellationToken));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
