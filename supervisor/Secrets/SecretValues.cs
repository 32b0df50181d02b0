using BitFaster.Caching.Lru;
using Sandbox.Supervisor.Changes;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Secrets;

/// <summary>
/// Values for scripts and triggers, decrypted. They are kept in memory until they change, and for a minute at most: a memory dump shows only
/// values that were used lately. A missing secret is remembered as well: whoever calls an endpoint that names one asks the database but once.
/// </summary>
internal sealed class SecretValues : ISecretLookup, IChangeSubscriber, IDisposable
{
    private const int KnownMax = 1_000;

    /// <summary>Together with one pause between two sweeps, a minute.</summary>
    private static readonly TimeSpan s_kept = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan s_sweep = TimeSpan.FromSeconds(15);

    private readonly SecretStore _store;
    private readonly SecretCipher _cipher;
    private readonly TimeProvider _time;
    private readonly ITimer _sweeper;
    private readonly ConcurrentLru<(Guid TenantId, string Name), Known> _known = new(KnownMax);

    // Incremented on every change. A look-up that started before a change must not populate the cache.
    private long _changes;

    public SecretValues(SecretStore store, SecretCipher cipher, TimeProvider time)
    {
        (_store, _cipher, _time) = (store, cipher, time);
        _sweeper = time.CreateTimer(_ => Sweep(), null, s_sweep, s_sweep);
    }

    /// <summary>Values in memory, and missing ones.</summary>
    public int Count => _known.Count;

    /// <summary>Null where there is no such secret.</summary>
    public async ValueTask<string?> GetAsync(Guid tenantId, string name, CancellationToken cancellationToken)
    {
        var key = (tenantId, name);
        if (_known.TryGet(key, out var known) && !IsOld(known)) return known.Value;
        var before = Interlocked.Read(ref _changes);
        var value = await _store.CipherAsync(tenantId, name, cancellationToken) is { } encrypted ? _cipher.Decrypt(tenantId, name, encrypted) : null;
        if (Interlocked.Read(ref _changes) != before) return value;
        _known.AddOrUpdate(key, new Known(value, _time.GetTimestamp()));
        // A change between the look and the entry found nothing to drop.
        if (Interlocked.Read(ref _changes) != before) _known.TryRemove(key);
        return value;
    }

    public Task ApplyAsync(IReadOnlyCollection<Change> changes, CancellationToken cancellationToken)
    {
        var tenants = changes.Where(change => change.Kind == ChangeKind.Secret).Select(change => change.Id).ToHashSet();
        if (tenants.Count == 0) return Task.CompletedTask;
        Interlocked.Increment(ref _changes);
        foreach (var (key, _) in _known)
            if (tenants.Contains(key.TenantId)) _known.TryRemove(key);
        return Task.CompletedTask;
    }

    public Task ReloadAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _changes);
        _known.Clear();
        return Task.CompletedTask;
    }

    public void Dispose() => _sweeper.Dispose();

    private void Sweep()
    {
        foreach (var (key, known) in _known)
            if (IsOld(known)) _known.TryRemove(key);
    }

    private bool IsOld(Known known) => _time.GetElapsedTime(known.Since) >= s_kept;

    private sealed class Known(string? value, long since)
    {
        public string? Value { get; } = value;

        public long Since { get; } = since;
    }
}
