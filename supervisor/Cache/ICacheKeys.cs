namespace Sandbox.Supervisor.Cache;

/// <summary>Keys of one script, or of a whole tenant where the script is the nil UUID.</summary>
internal interface ICacheKeys
{
    /// <summary>JSON text; null where there is no such key, or it has expired.</summary>
    Task<string?> GetAsync(Guid tenantId, Guid scriptId, string key, CancellationToken cancellationToken);

    Task<bool> ExistsAsync(Guid tenantId, Guid scriptId, string key, CancellationToken cancellationToken);

    /// <param name="value">JSON text.</param>
    /// <param name="ttlSeconds">Null: until it is deleted.</param>
    Task SetAsync(Guid tenantId, Guid scriptId, string key, string value, long? ttlSeconds, CancellationToken cancellationToken);

    /// <summary>False where there was none.</summary>
    Task<bool> DeleteAsync(Guid tenantId, Guid scriptId, string key, CancellationToken cancellationToken);

    /// <summary>The number as it then is, JSON text; null where the value is none. A key that is new, or expired, begins at 0 and stays.</summary>
    Task<string?> IncrementAsync(Guid tenantId, Guid scriptId, string key, long by, CancellationToken cancellationToken);

    /// <summary>False where there is no such key.</summary>
    Task<bool> ExpireAsync(Guid tenantId, Guid scriptId, string key, long ttlSeconds, CancellationToken cancellationToken);
}
