using System.Collections.Concurrent;
using System.Globalization;

namespace Sandbox.Supervisor.Cache;

/// <summary>The cache as a dry run sees it: what is stored, and over it what it would have written.</summary>
internal sealed class DryRunCache(CacheStore store) : ICacheKeys, IAsyncDisposable
{
    /// <summary>Null: deleted.</summary>
    private readonly ConcurrentDictionary<(Guid Script, string Key), string?> _written = new();

    public async Task<string?> GetAsync(Guid tenantId, Guid scriptId, string key, CancellationToken cancellationToken) =>
        _written.TryGetValue((scriptId, key), out var written) ? written : await store.GetAsync(tenantId, scriptId, key, cancellationToken);

    public async Task<bool> ExistsAsync(Guid tenantId, Guid scriptId, string key, CancellationToken cancellationToken) =>
        await GetAsync(tenantId, scriptId, key, cancellationToken) is not null;

    public Task SetAsync(Guid tenantId, Guid scriptId, string key, string value, long? ttlSeconds, CancellationToken cancellationToken)
    {
        _written[(scriptId, key)] = value;
        return Task.CompletedTask;
    }

    public async Task<bool> DeleteAsync(Guid tenantId, Guid scriptId, string key, CancellationToken cancellationToken)
    {
        var exists = await ExistsAsync(tenantId, scriptId, key, cancellationToken);
        _written[(scriptId, key)] = null;
        return exists;
    }

    public async Task<string?> IncrementAsync(Guid tenantId, Guid scriptId, string key, long by, CancellationToken cancellationToken)
    {
        var current = await GetAsync(tenantId, scriptId, key, cancellationToken) ?? "0";
        if (!decimal.TryParse(current, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return null;
        return _written[(scriptId, key)] = (number + by).ToString(CultureInfo.InvariantCulture);
    }

    public Task<bool> ExpireAsync(Guid tenantId, Guid scriptId, string key, long ttlSeconds, CancellationToken cancellationToken) =>
        ExistsAsync(tenantId, scriptId, key, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
