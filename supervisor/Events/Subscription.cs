using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Events;

/// <summary>What an event script listens to.</summary>
internal sealed class Subscription
{
    /// <summary>Longer keys are compared by their hash.</summary>
    private const int KeyMax = 200;

    private readonly IReadOnlyList<string> _types;
    private readonly EventFilter? _filter;
    private readonly PayloadPath? _key;

    private Subscription(IReadOnlyList<string> types, EventFilter? filter, PayloadPath? key) =>
        (_types, _filter, _key) = (types, filter, key);

    public required Guid TenantId { get; init; }
    public required Guid ScriptId { get; init; }
    public required string ScriptName { get; init; }
    public required int Version { get; init; }

    /// <summary>How long a delivery waits for a newer event that replaces it; zero: it does not.</summary>
    public required TimeSpan Debounce { get; init; }

    /// <summary>How many events are delivered together, and how long a batch waits for more; null: each is delivered alone.</summary>
    public (int Max, TimeSpan Within)? Batch { get; init; }

    /// <summary>Bytes of a batch.</summary>
    public required int InputBytesMax { get; init; }

    /// <summary>Null where the trigger is one that a newer version wrote.</summary>
    public static Subscription? Of(Guid tenantId, Guid scriptId, string scriptName, int version, string trigger, int inputBytesMax)
    {
        var read = JsonShape.Read(Encoding.UTF8.GetBytes(trigger), ScriptsJson.Default.EventTrigger).Value;
        if (read?.EventTypes is not { } types) return null;
        EventFilter? filter = null;
        if (EventFilter.IsGiven(read.Filter) && (filter = EventFilter.Parse(read.Filter!.Value).Value) is null) return null;
        return new Subscription(types, filter, read.Key is { } key ? new PayloadPath(key) : null)
        {
            TenantId = tenantId,
            ScriptId = scriptId,
            ScriptName = scriptName,
            Version = version,
            Debounce = TimeSpan.FromMilliseconds(read.DebounceMs ?? 0),
            Batch = read.Batch is { Max: { } max, WithinMs: { } within } ? (max, TimeSpan.FromMilliseconds(within)) : null,
            InputBytesMax = inputBytesMax,
        };
    }

    public bool Takes(string type) => _types.Any(pattern => Covers(pattern, type));

    public bool Wants(JsonElement payload) => _filter?.Matches(payload) != false;

    /// <summary>What orders the deliveries of an event with this payload; null: nothing does.</summary>
    public string? OrderKey(JsonElement payload) =>
        _key is not { } key ? null
        : key.Of(payload) switch
        {
            null => "",
            { ValueKind: JsonValueKind.String } text => Short(JsonText.Read(text.GetRawText())),
            { } other => Short(other.GetRawText()),
        };

    // The key stands in an index of the queue, whose entries PostgreSQL limits: one long value must not hold up everybody's events.
    private static string Short(string key) =>
        key.Length <= KeyMax ? key : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(JsonText.Encode(key))));

    private static bool Covers(string pattern, string type) =>
        pattern == "*"
        || pattern == type
        || (pattern.EndsWith(".*", StringComparison.Ordinal) && type.Length >= pattern.Length && type.StartsWith(pattern[..^1], StringComparison.Ordinal));
}
