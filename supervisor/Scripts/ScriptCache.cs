using BitFaster.Caching.Lru;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Changes;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Scripts;

/// <summary>Live scripts in memory, each read from the database when it is first asked for and dropped by every change.</summary>
/// <param name="read">Of a tenant, by UUID or name.</param>
internal sealed class ScriptCache(Func<Guid, string, CancellationToken, Task<Script?>> read) : IChangeSubscriber
{
    /// <summary>Scripts kept, those used last; with sources of 100 KB at most this bounds the memory at a few hundred MB, in practice far less.</summary>
    private const int ScriptsMax = 5_000;

    private readonly ConcurrentLru<(Guid Tenant, Guid Id), Script> _byId = new(ScriptsMax);
    private readonly ConcurrentLru<(Guid Tenant, string Name), Guid> _ids = new(ScriptsMax);

    // Incremented on every change. A load that started before a change must not populate the cache.
    private long _changes;

    public ValueTask<Script?> GetAsync(Guid tenantId, Guid id, CancellationToken cancellationToken) =>
        _byId.TryGet((tenantId, id), out var script) ? new ValueTask<Script?>(script) : LoadAsync(tenantId, id.ToString(), cancellationToken);

    /// <summary>By UUID or name: no name has the form of a UUID.</summary>
    public ValueTask<Script?> GetAsync(Guid tenantId, string idOrName, CancellationToken cancellationToken)
    {
        if (Guid.TryParseExact(idOrName, "D", out var id)) return GetAsync(tenantId, id, cancellationToken);
        // A name may have passed to another script since: the script itself tells.
        return _ids.TryGet((tenantId, idOrName), out id) && _byId.TryGet((tenantId, id), out var script) && script.Name == idOrName
            ? new ValueTask<Script?>(script)
            : LoadAsync(tenantId, idOrName, cancellationToken);
    }

    /// <summary>Whether a script takes work that waits for its answer. Null: it does; else the code and words that its refused execution is recorded with.</summary>
    public static Problem? Refusal(Script script) =>
        !script.Enabled ? new Problem(409, Codes.NotAllowed, $"The script is disabled{(script.DisabledReason is { } reason ? $": {reason}" : "")}.")
        : script.Paused ? new Problem(503, Codes.Overloaded, "The script is paused, and a call that waits for its answer cannot be held.")
        : null;

    public Task ApplyAsync(IReadOnlyCollection<Change> changes, CancellationToken cancellationToken)
    {
        foreach (var change in changes)
            if (change is { Kind: ChangeKind.Script, TenantId: { } tenant }) Drop(tenant, change.Id);
        return Task.CompletedTask;
    }

    public Task ReloadAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _changes);
        _byId.Clear();
        _ids.Clear();
        return Task.CompletedTask;
    }

    private void Drop(Guid tenantId, Guid id)
    {
        Interlocked.Increment(ref _changes);
        if (_byId.TryRemove((tenantId, id), out var old)) _ids.TryRemove((tenantId, old!.Name));
    }

    private async ValueTask<Script?> LoadAsync(Guid tenantId, string idOrName, CancellationToken cancellationToken)
    {
        var before = Interlocked.Read(ref _changes);
        var script = Guid.TryParseExact(idOrName, "D", out _) || Rest.Text.NameComplaint(idOrName) is null
            ? await read(tenantId, idOrName, cancellationToken)
            : null;
        if (script is not null) Keep(script, before);
        return script;
    }

    private void Keep(Script script, long changes)
    {
        if (Interlocked.Read(ref _changes) != changes) return;
        _byId.AddOrUpdate((script.TenantId, script.Id), script);
        _ids.AddOrUpdate((script.TenantId, script.Name), script.Id);
        // A change between the look and the entry found nothing to drop.
        if (Interlocked.Read(ref _changes) != changes) _byId.TryRemove((script.TenantId, script.Id));
    }
}
