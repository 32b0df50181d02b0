using Sandbox.Supervisor.Changes;

namespace Sandbox.Supervisor.Tenants;

/// <summary>Keeps <see cref="TenantDirectory"/> as the database has them, and ends what a tenant runs on this node once another node suspended or deleted it.</summary>
internal sealed class TenantChanges(TenantStore store, TenantDirectory live, ITenantEviction work) : IChangeSubscriber
{
    public async Task ApplyAsync(IReadOnlyCollection<Change> changes, CancellationToken cancellationToken)
    {
        var ids = changes.Where(change => change.Kind == ChangeKind.Tenant).Select(change => change.Id).ToArray();
        if (ids.Length == 0) return;
        var stopped = ids.Where(id => live.ById(id) is { Suspended: false }).ToArray();
        live.Replace(ids, await store.GetAsync(ids, cancellationToken));
        await EvictAsync(stopped);
    }

    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        var all = await store.AllAsync(cancellationToken);
        var stopped = live.All().Where(tenant => !tenant.Suspended).Select(tenant => tenant.Id).ToArray();
        live.Load(all);
        await EvictAsync(stopped);
    }

    private async Task EvictAsync(IEnumerable<Guid> tenants)
    {
        foreach (var id in tenants.Where(id => live.ById(id) is null or { Suspended: true })) await work.EvictAsync(id);
    }
}
