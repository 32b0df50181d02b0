using System.Collections.Concurrent;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Scripts;

/// <summary>Live scripts in memory, each read from the database when it is first asked for and put anew by every write.</summary>
internal sealed class LiveScripts(ScriptStore store)
{
    /// <summary>Scripts kept; with sources of 100 KB at most this bounds the memory at a few hundred MB, in practice far less.</summary>
    private const int ScriptsMax = 5_000;

    private readonly ConcurrentDictionary<(Guid Tenant, Guid Id), Script> _byId = new();
    private readonly ConcurrentDictionary<(Guid Tenant, string Name), Guid> _ids = new();

    // Raised by every write: what was read before it is not kept after it.
    private long _writes;

    public ValueTask<Script?> GetAsync(Guid tenantId, Guid id, CancellationToken cancellationToken) =>
        _byId.TryGetValue((tenantId, id), out var script) ? new ValueTask<Script?>(script) : LoadAsync(tenantId, id.ToString(), cancellationToken);

    /// <summary>By UUID or name: no name has the form of a UUID.</summary>
    public ValueTask<Script?> GetAsync(Guid tenantId, string idOrName, CancellationToken cancellationToken)
    {
        if (_ids.TryGetValue((tenantId, idOrName), out var id) || Guid.TryParseExact(idOrName, "D", out id)) return GetAsync(tenantId, id, cancellationToken);
        return LoadAsync(tenantId, idOrName, cancellationToken);
    }

    /// <summary>Whether a script takes work that waits for its answer. Null: it does; else the code and words that its refused execution is recorded with.</summary>
    public static Problem? Refusal(Script script) =>
        !script.Enabled ? new Problem(409, Codes.NotAllowed, $"The script is disabled{(script.DisabledReason is { } reason ? $": {reason}" : "")}.")
        : script.Paused ? new Problem(503, Codes.Overloaded, "The script is paused, and a call that waits for its answer cannot be held.")
        : null;

    public void Set(Script script)
    {
        Interlocked.Increment(ref _writes);
        if (_byId.TryGetValue((script.TenantId, script.Id), out var old)) _ids.TryRemove((script.TenantId, old.Name), out _);
        Keep(script);
    }

    public void Remove(Guid tenantId, Guid id)
    {
        Interlocked.Increment(ref _writes);
        if (_byId.TryRemove((tenantId, id), out var old)) _ids.TryRemove((tenantId, old.Name), out _);
    }

    public void Clear()
    {
        Interlocked.Increment(ref _writes);
        _byId.Clear();
        _ids.Clear();
    }

    private async ValueTask<Script?> LoadAsync(Guid tenantId, string idOrName, CancellationToken cancellationToken)
    {
        var before = Interlocked.Read(ref _writes);
        var script = Guid.TryParseExact(idOrName, "D", out _) || Rest.Text.NameComplaint(idOrName) is null
            ? await store.GetAsync(tenantId, idOrName, cancellationToken)
            : null;
        if (script is not null && Interlocked.Read(ref _writes) == before) Keep(script);
        return script;
    }

    private void Keep(Script script)
    {
        if (_byId.Count >= ScriptsMax)
        {
            _byId.Clear();
            _ids.Clear();
        }

        _byId[(script.TenantId, script.Id)] = script;
        _ids[(script.TenantId, script.Name)] = script.Id;
    }
}
