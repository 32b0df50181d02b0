using Sandbox.Supervisor.Changes;
using Sandbox.Supervisor.Hosting.Configuration;
using Sandbox.Supervisor.Hosting.Web;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Supervisor.Hosting;

/// <summary>Reads what is kept in memory once the database is open and before the listeners are.</summary>
internal sealed class CacheLoader(ChangesFeed changes, TenantDirectory tenants, WebOptions web, ILogger<CacheLoader> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await changes.ReloadAsync(cancellationToken);
        foreach (var (page, endpoint) in SharedDomains.Find(web.Hosts, [.. tenants.All().SelectMany(tenant => tenant.Hosts)])) HttpLog.DomainShared(logger, page, endpoint);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
