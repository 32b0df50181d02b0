using System.Collections.Immutable;
using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>Every tenant's routes, in memory. Read without a lock; each change swaps one tenant's snapshot.</summary>
internal sealed class RouteTable
{
    private ImmutableDictionary<Guid, TenantRoutes> _tenants = ImmutableDictionary<Guid, TenantRoutes>.Empty;

    public TenantRoutes For(Guid tenantId) => Volatile.Read(ref _tenants).GetValueOrDefault(tenantId, TenantRoutes.Empty);

    /// <summary>The route of a script, or null where it is no http script.</summary>
    public static Route? RouteOf(Script script)
    {
        if (script.Kind != ScriptKind.Http || script.Trigger is not { } trigger) return null;
        var read = JsonShape.Read(Encoding.UTF8.GetBytes(trigger.Text), ApiJson.Default.HttpTrigger);
        var template = RouteTemplate.Parse(read.Value?.Path ?? "");
        return read.Value is null || template.Value is null
            ? throw new InvalidOperationException($"The stored trigger of script {script.Id} cannot be read.")
            : new Route(script.Id, script.Name, template.Value, read.Value);
    }

    /// <summary>Puts in the route of a script, or takes it out where it has none (any more).</summary>
    public void Set(Guid tenantId, Guid scriptId, Route? route) =>
        Change(tenants =>
        {
            var others = tenants.GetValueOrDefault(tenantId, TenantRoutes.Empty).Routes.Where(other => other.ScriptId != scriptId);
            return tenants.SetItem(tenantId, new TenantRoutes([.. route is null ? others : others.Append(route)]));
        });

    /// <summary>All routes of all tenants, as read at the start.</summary>
    public void Load(IEnumerable<Script> scripts)
    {
        var tenants = scripts.Select(script => (script.TenantId, Route: RouteOf(script))).Where(pair => pair.Route is not null)
            .GroupBy(pair => pair.TenantId, pair => pair.Route!)
            .ToImmutableDictionary(group => group.Key, group => new TenantRoutes([.. group]));
        Change(_ => tenants);
    }

    public void Forget(Guid tenantId) => Change(tenants => tenants.Remove(tenantId));

    private void Change(Func<ImmutableDictionary<Guid, TenantRoutes>, ImmutableDictionary<Guid, TenantRoutes>> change) =>
        ImmutableInterlocked.Update(ref _tenants, change);
}
