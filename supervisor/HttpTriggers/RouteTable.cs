using System.Collections.Immutable;
using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>Every tenant's routes, in memory. Read without a lock; <see cref="RouteChanges"/> swaps the snapshots of the tenants concerned.</summary>
internal sealed class RouteTable
{
    private ImmutableDictionary<Guid, TenantRoutes> _tenants = ImmutableDictionary<Guid, TenantRoutes>.Empty;

    // Of each script, so that one that is gone is found.
    private ImmutableDictionary<Guid, Guid> _tenantOf = ImmutableDictionary<Guid, Guid>.Empty;

    public TenantRoutes For(Guid tenantId) => Volatile.Read(ref _tenants).GetValueOrDefault(tenantId, TenantRoutes.Empty);

    /// <summary>Puts in what there is of these scripts and takes out the rest of them.</summary>
    public void Replace(IReadOnlyCollection<Guid> scripts, IReadOnlyCollection<(Guid TenantId, Route Route)> present)
    {
        var replaced = scripts.ToHashSet();
        var concerned = scripts.Where(_tenantOf.ContainsKey).Select(script => _tenantOf[script]).Concat(present.Select(pair => pair.TenantId)).ToHashSet();
        var tenants = _tenants;
        foreach (var tenant in concerned)
        {
            Route[] routes = [.. For(tenant).Routes.Where(route => !replaced.Contains(route.ScriptId)), .. present.Where(pair => pair.TenantId == tenant).Select(pair => pair.Route)];
            tenants = routes.Length == 0 ? tenants.Remove(tenant) : tenants.SetItem(tenant, new TenantRoutes(routes));
        }

        _tenantOf = _tenantOf.RemoveRange(scripts).AddRange(present.Select(pair => KeyValuePair.Create(pair.Route.ScriptId, pair.TenantId)));
        Volatile.Write(ref _tenants, tenants);
    }

    /// <summary>All routes of all tenants.</summary>
    public void Load(IReadOnlyCollection<(Guid TenantId, Route Route)> all)
    {
        _tenantOf = all.ToImmutableDictionary(pair => pair.Route.ScriptId, pair => pair.TenantId);
        Volatile.Write(ref _tenants, all.GroupBy(pair => pair.TenantId, pair => pair.Route).ToImmutableDictionary(group => group.Key, group => new TenantRoutes([.. group])));
    }
}
