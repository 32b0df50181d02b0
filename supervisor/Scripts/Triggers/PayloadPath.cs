using System.Text.Json;
using Sandbox.Protocol.Text;

namespace Sandbox.Supervisor.Scripts;

/// <summary>
/// A place in an event's payload: names with dots between them, such as <c>customer.country</c>; in a list, the position from 0.
/// </summary>
internal sealed class PayloadPath(string text)
{
    private readonly string[] _names = text.Split('.');

    /// <summary>Null where there is nothing, or the JSON value null.</summary>
    public JsonElement? Of(JsonElement payload)
    {
        var at = payload;
        foreach (var name in _names)
        {
            if (Next(at, name) is not { } next) return null;
            at = next;
        }

        return at.ValueKind == JsonValueKind.Null ? null : at;
    }

    private static JsonElement? Next(JsonElement at, string name)
    {
        if (at.ValueKind == JsonValueKind.Array)
            return int.TryParse(name, out var index) && index >= 0 && index < at.GetArrayLength() ? at[index] : null;
        if (at.ValueKind != JsonValueKind.Object) return null;
        JsonElement? found = null;
        // Of two properties with one name the last counts, as in JSON.parse.
        foreach (var property in at.EnumerateObject())
            if (JsonText.NameOf(property) == name) found = property.Value;
        return found;
    }
}
