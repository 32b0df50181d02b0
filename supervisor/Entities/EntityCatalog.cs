using System.Collections.Frozen;
using BitFaster.Caching.Lru;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Changes;

namespace Sandbox.Supervisor.Entities;

/// <summary>
/// Entities in memory, all of a tenant at once, read when the first is asked for and dropped by every change. The feed does not tell of a
/// changed table, so they are read again every few minutes.
/// </summary>
internal sealed class EntityCatalog(EntityStore store, EntityTableStore registered, EntityOpening opening, TimeProvider time, ILogger<EntityCatalog> logger)
    : IEntityCatalog, IChangeSubscriber
{
    /// <summary>Tenants kept, those used last.</summary>
    private const int TenantsMax = 2_000;

    private static readonly TimeSpan s_kept = TimeSpan.FromMinutes(5);

    /// <summary>Where a database could not be reached.</summary>
    private static readonly TimeSpan s_keptIncomplete = TimeSpan.FromSeconds(10);

    private readonly ConcurrentLru<Guid, Loaded> _tenants = new(TenantsMax);

    // What was logged of an entity, so that the next load does not repeat it.
    private readonly ConcurrentLru<(Guid Tenant, string Name), string> _leftOut = new(TenantsMax);

    // Incremented on every change. A load that started before a change must not populate the cache.
    private long _changes;

    public async ValueTask<OpenedEntity?> FindAsync(Guid tenantId, string name, CancellationToken cancellationToken) =>
        (await GetAsync(tenantId, cancellationToken)).ByName.GetValueOrDefault(name);

    public async ValueTask<IReadOnlyList<OpenedEntity>> ListAsync(Guid tenantId, CancellationToken cancellationToken) =>
        (await GetAsync(tenantId, cancellationToken)).All;

    public Task ApplyAsync(IReadOnlyCollection<Change> changes, CancellationToken cancellationToken)
    {
        foreach (var change in changes.Where(change => change.Kind is ChangeKind.Entity))
        {
            Interlocked.Increment(ref _changes);
            if (change.TenantId is { } tenant) _tenants.TryRemove(tenant);
            else _tenants.Clear();
        }

        return Task.CompletedTask;
    }

    public Task ReloadAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _changes);
        _tenants.Clear();
        return Task.CompletedTask;
    }

    private ValueTask<Loaded> GetAsync(Guid tenantId, CancellationToken cancellationToken) =>
        _tenants.TryGet(tenantId, out var loaded) && time.GetElapsedTime(loaded.At) < loaded.Kept ? new ValueTask<Loaded>(loaded) : LoadAsync(tenantId, cancellationToken);

    private async ValueTask<Loaded> LoadAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        var before = Interlocked.Read(ref _changes);
        var opened = new List<OpenedEntity>();
        var unreachable = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entity in await store.AllAsync(tenantId, cancellationToken))
        {
            // One wait for a database that does not answer is enough.
            if (entity.Database is not null && unreachable.Contains(entity.Database)) continue;
            var result = await OpenAsync(entity, cancellationToken);
            if (result.Value is { } good)
            {
                opened.Add(good);
                _leftOut.TryRemove((tenantId, entity.Name));
                continue;
            }

            if (result.Problem is { Status: StatusCodes.Status503ServiceUnavailable } && entity.Database is not null) unreachable.Add(entity.Database);
            LogOnce(tenantId, entity.Name, Reason(result.Problem!));
        }

        var loaded = new Loaded(opened, time.GetTimestamp(), unreachable.Count > 0 ? s_keptIncomplete : s_kept);
        if (Interlocked.Read(ref _changes) != before) return loaded;
        _tenants.AddOrUpdate(tenantId, loaded);
        // A change between the look and the entry found nothing to drop.
        if (Interlocked.Read(ref _changes) != before) _tenants.TryRemove(tenantId);
        return loaded;
    }

    /// <summary>A table that the operator has opened by another tenant column since is no longer this entity's.</summary>
    private async Task<Result<OpenedEntity>> OpenAsync(Entity entity, CancellationToken cancellationToken)
    {
        var name = TableName.Parse(entity.Table);
        if (name.Problem is { } closed) return closed;
        var registration = await registered.FindAsync(entity.Database, name.Value, cancellationToken);
        if (registration is null || registration.TenantColumn != entity.TenantColumn)
            return Problem.Invalid(new FieldError("tenant_column", $"is no longer the one by which {entity.Table} is opened; open the entity anew"));
        return await opening.OpenAsync(entity, cancellationToken);
    }

    private void LogOnce(Guid tenantId, string name, string reason)
    {
        if (_leftOut.TryGet((tenantId, name), out var logged) && logged == reason) return;
        _leftOut.AddOrUpdate((tenantId, name), reason);
        EntitiesLog.EntityLeftOut(logger, name, tenantId, reason);
    }

    private static string Reason(Problem problem) =>
        problem.Errors.Count == 0 ? problem.Detail : string.Join("; ", problem.Errors.Select(error => $"{error.Field}: {error.Message}"));

    /// <param name="At">When it was read, of <see cref="TimeProvider.GetTimestamp"/>.</param>
    private sealed record Loaded(IReadOnlyList<OpenedEntity> All, long At, TimeSpan Kept)
    {
        public FrozenDictionary<string, OpenedEntity> ByName { get; } = All.ToFrozenDictionary(entity => entity.Name, StringComparer.Ordinal);
    }
}
