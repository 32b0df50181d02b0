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
    private readonly IReadOnlyList<string> _types;
    private readonly EventFilter? _filter;
    private readonly PayloadPath? _key;

    private Subscription(IReadOnlyList<string> types, EventFilter? filter, PayloadPath? key) => (_types, _filter, _key) = (types, filter, key);

    public required Guid TenantId { get; init; }
    public required Guid ScriptId { get; init; }
    public required string ScriptName { get; init; }
    public required int Version { get; init; }

    /// <summary>How long a delivery waits for a newer event that replaces it; zero: it does not.</summary>
    public required TimeSpan Debounce { get; init; }

    /// <summary>Null where the trigger is one that a newer version wrote.</summary>
    public static Subscription? Of(Guid tenantId, Guid scriptId, string scriptName, int version, string trigger)
    {
        if (JsonShape.Read(Encoding.UTF8.GetBytes(trigger), ScriptsJson.Default.EventTrigger).Value is not { EventTypes: { } types } read) return null;
        EventFilter? filter = null;
        if (EventFilter.IsGiven(read.Filter) && (filter = EventFilter.Parse(read.Filter!.Value).Value) is null) return null;
        return new Subscription(types, filter, read.Key is { } key ? new PayloadPath(key) : null)
        {
            TenantId = tenantId,
            ScriptId = scriptId,
            ScriptName = scriptName,
            Version = version,
            Debounce = TimeSpan.FromMilliseconds(read.DebounceMs ?? 0),
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
            { ValueKind: JsonValueKind.String } text => JsonText.Decode(text.GetRawText()),
            { } other => other.GetRawText(),
        };

    private static bool Covers(string pattern, string type) =>
        pattern == "*"
        || (pattern.EndsWith(".*", StringComparison.Ordinal) ? type.Length > pattern.Length - 1 && type.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == type);
}
