using BitFaster.Caching.Lru;
using Sandbox.Supervisor.Changes;

namespace Sandbox.Supervisor.Secrets;

/// <summary>
/// What is decrypted for a tenant, by name. It is kept in memory until it changes, and for a minute at most: a memory dump shows only
/// what was used lately. A missing name is remembered as well: whoever asks for it again and again asks the database but once.
/// </summary>
internal abstract class DecryptedValues<T> : IChangeSubscriber, IDisposable
    where T : class
{
    private const int KnownMax = 1_000;

    /// <summary>Together with one pause between two sweeps, a minute.</summary>
    private static readonly TimeSpan s_kept = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan s_sweep = TimeSpan.FromSeconds(15);

    private readonly ChangeKind _kind;
    private readonly TimeProvider _time;
    private readonly ITimer _sweeper;
    private readonly ConcurrentLru<(Guid TenantId, string Name), Known> _known = new(KnownMax);

    // Incremented on every change. A look-up that started before a change must not populate the cache.
    private long _changes;

    /// <param name="kind">A change of this kind drops all that its tenant has.</param>
    protected DecryptedValues(ChangeKind kind, TimeProvider time)
    {
        (_kind, _time) = (kind, time);
        _sweeper = time.CreateTimer(_ => Sweep(), null, s_sweep, s_sweep);
    }

    /// <summary>Values in memory, and missing ones.</summary>
    public int Count => _known.Count;

    /// <summary>Null where there is none of this name.</summary>
    public async ValueTask<T?> GetAsync(Guid tenantId, string name, CancellationToken cancellationToken)
    {
        var key = (tenantId, name);
        if (_known.TryGet(key, out var known) && !IsOld(known)) return known.Value;
        var before = Interlocked.Read(ref _changes);
        var value = await ReadAsync(tenantId, name, cancellationToken);
        if (Interlocked.Read(ref _changes) != before) return value;
        _known.AddOrUpdate(key, new Known(value, _time.GetTimestamp()));
        // A change between the look and the entry found nothing to drop.
        if (Interlocked.Read(ref _changes) != before) _known.TryRemove(key);
        return value;
    }

    public Task ApplyAsync(IReadOnlyCollection<Change> changes, CancellationToken cancellationToken)
    {
        var tenants = changes.Where(change => change.Kind == _kind).Select(change => change.Id).ToHashSet();
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

    /// <summary>From the database, decrypted.</summary>
    protected abstract Task<T?> ReadAsync(Guid tenantId, string name, CancellationToken cancellationToken);

    private void Sweep()
    {
        foreach (var (key, known) in _known)
            if (IsOld(known)) _known.TryRemove(key);
    }

    private bool IsOld(Known known) => _time.GetElapsedTime(known.Since) >= s_kept;

    private sealed class Known(T? value, long since)
    {
        public T? Value { get; } = value;

        public long Since { get; } = since;
    }
}
