using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Entities;

/// <summary>Names that a script gives, looked up among those that are opened.</summary>
internal static class DbNames
{
    private const int ShownMax = 100;

    /// <summary>A field that may be read, and so be compared and ordered by.</summary>
    public static OpenedField Readable(BrokerCall call, OpenedEntity entity, string name)
    {
        var field = Find(call, entity, name);
        return field.Read ? field : throw call.Refused(Codes.NotAllowed, $"the field {Shown(name)} of {entity.Name} may not be read; an administrator can open it");
    }

    /// <summary>A field that may be written.</summary>
    public static OpenedField Writable(BrokerCall call, OpenedEntity entity, string name)
    {
        if (entity.Tenant?.Name == name && !entity.Fields.ContainsKey(name))
            throw call.Refused(Codes.NotAllowed, $"the field {Shown(name)} of {entity.Name} is the tenant's, which the platform sets");
        var field = Find(call, entity, name);
        return field.Write ? field : throw call.Refused(Codes.NotAllowed, $"the field {Shown(name)} of {entity.Name} may not be written; an administrator can open it");
    }

    /// <summary>A name of a script's in a message: short, and of characters that show.</summary>
    public static string Shown(string name)
    {
        var shown = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            if (shown.Length >= ShownMax) return shown.Append('…').ToString();
            shown.Append(Rune.IsControl(rune) ? "\uFFFD" : rune.ToString());
        }

        return shown.ToString();
    }

    private static OpenedField Find(BrokerCall call, OpenedEntity entity, string name) => entity.Fields.TryGetValue(name, out var field)
        ? field
        : throw call.Invalid($"{entity.Name} has no field {Shown(name)}; it has {string.Join(", ", entity.Fields.Keys.Order(StringComparer.Ordinal))}");
}
