using System.Collections.Frozen;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Tenants;

/// <summary>Every tenant, in memory: what each request asks for. Read without a lock; <see cref="TenantChanges"/> swaps the snapshot.</summary>
internal sealed class TenantDirectory : ITenantDirectory
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

    /// <summary>The oldest; null where there is none.</summary>
    public Tenant? First() => Volatile.Read(ref _snapshot).First;

    public IReadOnlyCollection<Tenant> All() => Volatile.Read(ref _snapshot).ById.Values;

    public void Load(IEnumerable<Tenant> tenants)
    {
        lock (_write) Volatile.Write(ref _snapshot, new Snapshot([.. tenants]));
    }

    /// <summary>Puts in what there is of these ids and takes out the rest of them.</summary>
    public void Replace(IReadOnlyCollection<Guid> ids, IReadOnlyCollection<Tenant> present)
    {
        lock (_write) Volatile.Write(ref _snapshot, new Snapshot([.. _snapshot.ById.Values.Where(other => !ids.Contains(other.Id)), .. present]));
    }

    private sealed class Snapshot(IReadOnlyList<Tenant> tenants)
    {
        public FrozenDictionary<Guid, Tenant> ById { get; } = tenants.ToFrozenDictionary(tenant => tenant.Id);

        // A slug or host that passed to another tenant is had by both until the change of the former is read: the later one has it.
        public FrozenDictionary<string, Tenant> BySlug { get; } =
            tenants.GroupBy(tenant => tenant.Slug, StringComparer.Ordinal)
                .ToFrozenDictionary(group => group.Key, group => group.MaxBy(tenant => tenant.UpdatedAt)!, StringComparer.Ordinal);

        public FrozenDictionary<string, Tenant> ByHost { get; } =
            tenants.SelectMany(tenant => tenant.Hosts.Select(host => (host, tenant)))
                .GroupBy(pair => pair.host, pair => pair.tenant, StringComparer.OrdinalIgnoreCase)
                .ToFrozenDictionary(group => group.Key, group => group.MaxBy(tenant => tenant.UpdatedAt)!, StringComparer.OrdinalIgnoreCase);

        public Tenant? First { get; } = tenants.MinBy(tenant => tenant.CreatedAt);
    }
}
