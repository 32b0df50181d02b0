using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Cache;

/// <summary>What the calls of <c>sdk.cache</c> have in common: a key, and whose it is.</summary>
internal abstract class CacheCapability(string method, CacheStore store) : ICapability
{
    /// <summary>Characters of a key.</summary>
    public const int KeyMax = 512;

    /// <summary>Ten years, in seconds.</summary>
    protected const long TtlMax = 10L * 366 * 86_400;

    public string Name { get; } = $"cache.{method}";

    public CallGroup Group => CallGroup.Cache;

    public abstract bool Changes { get; }

    public ValueTask<string?> CallAsync(BrokerCall call, CancellationToken cancellationToken) => CallAsync(call, store, KeyOf(call), cancellationToken);

    public ValueTask<string?> DryRunAsync(BrokerCall call, DryRun dryRun, CancellationToken cancellationToken) =>
        CallAsync(call, dryRun.Hold(() => new DryRunCache(store)), KeyOf(call), cancellationToken);

    private static string KeyOf(BrokerCall call) => call.Summary = call.Text(0, "key", KeyMax);

    protected abstract ValueTask<string?> CallAsync(BrokerCall call, ICacheKeys keys, string key, CancellationToken cancellationToken);

    protected static string Json(bool value) => value ? "true" : "false";

    /// <summary>Whose key it is: the script's, or with <c>{scope: 'tenant'}</c> as the last argument all scripts'. The nil UUID stands for the latter.</summary>
    /// <param name="call">The call.</param>
    /// <param name="optional">Where an argument that may be left out stands, or the options in its place.</param>
    protected static Guid ScriptOf(BrokerCall call, int optional)
    {
        var options = call.Argument(optional) is { ValueKind: JsonValueKind.Object } early ? early : call.Argument(optional + 1);
        if (options is not { } given) return call.ScriptId;
        if (given.ValueKind != JsonValueKind.Object) throw call.Invalid("options must be an object such as {scope: 'tenant'}");
        var scope = "script";
        foreach (var option in given.EnumerateObject())
        {
            if (option.NameEquals("scope") && option.Value.ValueKind == JsonValueKind.String) scope = option.Value.GetRawText().Trim('"');
            else throw call.Invalid("options may hold scope alone: 'script' or 'tenant'");
        }

        return scope switch
        {
            "script" => call.ScriptId,
            "tenant" => Guid.Empty,
            _ => throw call.Invalid("scope must be 'script' or 'tenant'"),
        };
    }

    /// <summary>A number that may be left out, or have the options in its place.</summary>
    protected static long? Optional(BrokerCall call, int index, string name, long least, long most) =>
        call.Argument(index) is { ValueKind: JsonValueKind.Object } ? null : call.Whole(index, name, least, most);

    protected static CallRefusedException NoNumber(BrokerCall call, string key) => call.Refused(Codes.Conflict, $"the value of '{key}' is no number");
}
