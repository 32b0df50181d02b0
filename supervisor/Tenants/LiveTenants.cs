using System.Collections.Frozen;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Tenants;

/// <summary>Every tenant, in memory: what each request asks for. Read without a lock; a write swaps the snapshot.</summary>
internal sealed class LiveTenants
{
    private const string LocalSuffix = ".localhost";
    private readonly Lock _write = new();
    private Snapshot _snapshot = new([]);

    public Tenant? ById(Guid id) => Volatile.Read(ref _snapshot).ById.GetValueOrDefault(id);

    public Tenant? BySlug(string slug) => Volatile.Read(ref _snapshot).BySlug.GetValueOrDefault(slug);

    /// <summary>By a host name mapped to it, or by <c>{slug}.localhost</c>, which works with nothing configured (RFC 6761, 6.3).</summary>
    public Tenant? ByHost(string host)
    {
        var snapshot = Volatile.Read(ref _snapshot);
        if (snapshot.ByHost.TryGetValue(host, out var tenant)) return tenant;
        return host.EndsWith(LocalSuffix, StringComparison.OrdinalIgnoreCase)
            ? snapshot.BySlug.GetValueOrDefault(host[..^LocalSuffix.Length].ToLowerInvariant())
            : null;
    }

    /// <summary>The one by the first slug; null where there is none.</summary>
    public Tenant? First() => Volatile.Read(ref _snapshot).First;

    public void Load(IEnumerable<Tenant> tenants)
    {
        lock (_write) Volatile.Write(ref _snapshot, new Snapshot([.. tenants]));
    }

    public void Set(Tenant tenant)
    {
        lock (_write) Volatile.Write(ref _snapshot, new Snapshot([.. _snapshot.ById.Values.Where(other => other.Id != tenant.Id), tenant]));
    }

    public void Remove(Guid id)
    {
        lock (_write) Volatile.Write(ref _snapshot, new Snapshot([.. _snapshot.ById.Values.Where(other => other.Id != id)]));
    }

    private sealed class Snapshot(IReadOnlyList<Tenant> tenants)
    {
        public FrozenDictionary<Guid, Tenant> ById { get; } = tenants.ToFrozenDictionary(tenant => tenant.Id);

        public FrozenDictionary<string, Tenant> BySlug { get; } = tenants.ToFrozenDictionary(tenant => tenant.Slug, StringComparer.Ordinal);

        public FrozenDictionary<string, Tenant> ByHost { get; } =
            tenants.SelectMany(tenant => tenant.Hosts.Select(host => (host, tenant))).ToFrozenDictionary(pair => pair.host, pair => pair.tenant, StringComparer.OrdinalIgnoreCase);

        public Tenant? First { get; } = tenants.MinBy(tenant => tenant.Slug, StringComparer.Ordinal);
    }
}
