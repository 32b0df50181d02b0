using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Cache;

internal sealed class CacheGet(CacheStore store) : CacheCapability("get", store)
{
    public override bool Changes => false;

    protected override async ValueTask<string?> CallAsync(BrokerCall call, ICacheKeys keys, string key, CancellationToken cancellationToken) =>
        await keys.GetAsync(call.TenantId, ScriptOf(call, 1), key, cancellationToken) ?? "null";
}

internal sealed class CacheSet(CacheStore store, CacheBudget budget) : CacheCapability("set", store)
{
    /// <summary>UTF-8 bytes of a value's JSON text.</summary>
    private const int ValueBytesMax = 1024 * 1024;

    public override bool Changes => true;

    protected override async ValueTask<string?> CallAsync(BrokerCall call, ICacheKeys keys, string key, CancellationToken cancellationToken)
    {
        var value = call.Json(1);
        var bytes = Encoding.UTF8.GetByteCount(value);
        if (bytes > ValueBytesMax) throw call.Invalid($"the value has {bytes} bytes as JSON; at most {ValueBytesMax} are kept");
        var ttl = Optional(call, 2, "ttlSeconds", 1, TtlMax);
        var script = ScriptOf(call, 2);
        if (call.DryRun is null && await budget.TakeAsync(call.TenantId, bytes + key.Length, cancellationToken) is { } limit)
            throw call.Refused(Codes.QuotaExceeded, $"the tenant's cache is full ({limit}); delete keys, or give them a time to live");
        await keys.SetAsync(call.TenantId, script, key, value, ttl, cancellationToken);
        return null;
    }
}

internal sealed class CacheDelete(CacheStore store) : CacheCapability("delete", store)
{
    public override bool Changes => true;

    protected override async ValueTask<string?> CallAsync(BrokerCall call, ICacheKeys keys, string key, CancellationToken cancellationToken) =>
        Json(await keys.DeleteAsync(call.TenantId, ScriptOf(call, 1), key, cancellationToken));
}

internal sealed class CacheExists(CacheStore store) : CacheCapability("exists", store)
{
    public override bool Changes => false;

    protected override async ValueTask<string?> CallAsync(BrokerCall call, ICacheKeys keys, string key, CancellationToken cancellationToken) =>
        Json(await keys.ExistsAsync(call.TenantId, ScriptOf(call, 1), key, cancellationToken));
}

internal sealed class CacheIncrement(CacheStore store, CacheBudget budget) : CacheCapability("increment", store)
{
    /// <summary>What a number of JavaScript holds exactly.</summary>
    private const long ByMax = (1L << 53) - 1;

    public override bool Changes => true;

    protected override async ValueTask<string?> CallAsync(BrokerCall call, ICacheKeys keys, string key, CancellationToken cancellationToken)
    {
        var by = Optional(call, 1, "by", -ByMax, ByMax) ?? 1;
        var script = ScriptOf(call, 1);
        if (call.DryRun is null && await budget.TakeAsync(call.TenantId, key.Length, cancellationToken) is { } limit)
            throw call.Refused(Codes.QuotaExceeded, $"the tenant's cache is full ({limit}); delete keys, or give them a time to live");
        return await keys.IncrementAsync(call.TenantId, script, key, by, cancellationToken) ?? throw NoNumber(call, key);
    }
}

internal sealed class CacheExpire(CacheStore store) : CacheCapability("expire", store)
{
    public override bool Changes => true;

    protected override async ValueTask<string?> CallAsync(BrokerCall call, ICacheKeys keys, string key, CancellationToken cancellationToken)
    {
        if (call.Whole(1, "ttlSeconds", 1, TtlMax) is not { } ttl) throw call.Invalid("ttlSeconds must be a whole number");
        return Json(await keys.ExpireAsync(call.TenantId, ScriptOf(call, 2), key, ttl, cancellationToken));
    }
}
