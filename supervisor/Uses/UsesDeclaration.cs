using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sandbox.Supervisor.Uses;

/// <summary>What a version may use. Immutable; two are equal where they allow the same by the same names.</summary>
internal sealed class UsesDeclaration(IEnumerable<Use> uses) : IEquatable<UsesDeclaration>
{
    public static readonly UsesDeclaration None = new([]);

    private readonly HashSet<Use> _uses = [.. uses];

    public bool IsEmpty => _uses.Count == 0;

    /// <summary>Each right once, by kind and then by name.</summary>
    public IEnumerable<Use> All => _uses.OrderBy(use => use.Kind).ThenBy(use => use.Name, StringComparer.Ordinal);

    /// <summary>Whether a call that needs this is allowed.</summary>
    public bool Allows(Use use) =>
        _uses.Contains(use) || _uses.Contains(use with { Name = Use.Any }) || use.Kind switch
        {
            UseKind.Event => AllowsEvent(use),
            UseKind.Host => AllowsHost(use),
            UseKind.EntityRead or UseKind.EntityWrite or UseKind.Secret or UseKind.Connection or UseKind.Email or UseKind.Script => false,
            _ => throw new InvalidOperationException(use.Kind.ToString()),
        };

    /// <summary>The rights of this one that the other does not allow.</summary>
    public IEnumerable<Use> Without(UsesDeclaration other) => All.Where(use => !other.Allows(use));

    /// <summary>What to write so that a refused call is allowed; the other rights on its entity are kept.</summary>
    public string Remedy(Use use)
    {
        var other = use.Kind switch { UseKind.EntityRead => UseKind.EntityWrite, UseKind.EntityWrite => UseKind.EntityRead, _ => use.Kind };
        return other != use.Kind && _uses.Contains(use with { Kind = other })
            ? use.Declaration.Replace("['read']", "['read', 'write']", StringComparison.Ordinal).Replace("['write']", "['read', 'write']", StringComparison.Ordinal)
            : use.Declaration;
    }

    /// <summary>JSON as a script's <c>uses</c> takes it, in canonical order; what is empty is left out.</summary>
    public string ToJson()
    {
        var json = new JsonObject();
        var entities = new JsonObject();
        foreach (var entity in _uses.Where(use => use.Kind is UseKind.EntityRead or UseKind.EntityWrite).GroupBy(use => use.Name).OrderBy(group => group.Key, StringComparer.Ordinal))
            entities[entity.Key] = new JsonArray([.. entity.OrderBy(use => use.Kind).Select(use => (JsonNode)(use.Kind == UseKind.EntityRead ? "read" : "write"))]);
        if (entities.Count > 0) json["entities"] = entities;
        Names(json, "hosts", UseKind.Host);
        Names(json, "secrets", UseKind.Secret);
        Names(json, "connections", UseKind.Connection);
        Names(json, "events", UseKind.Event);
        if (_uses.Contains(Use.Email)) json["email"] = true;
        Names(json, "scripts", UseKind.Script);
        return json.ToJsonString(JsonSerializerOptions.Web);
    }

    public bool Equals(UsesDeclaration? other) => other is not null && _uses.SetEquals(other._uses);

    public override bool Equals(object? obj) => Equals(obj as UsesDeclaration);

    public override int GetHashCode() => _uses.Count;

    private void Names(JsonObject json, string field, UseKind kind)
    {
        JsonNode[] names = [.. All.Where(use => use.Kind == kind).Select(use => (JsonNode)use.Name)];
        if (names.Length > 0) json[field] = new JsonArray(names);
    }

    /// <summary>An event <c>a.b.c</c> is allowed by <c>a.b.*</c> and by <c>a.*</c>.</summary>
    private bool AllowsEvent(Use use)
    {
        for (var at = use.Name.LastIndexOf('.'); at > 0; at = use.Name.LastIndexOf('.', at - 1))
            if (_uses.Contains(use with { Name = string.Concat(use.Name.AsSpan(0, at), ".*") })) return true;
        return false;
    }

    /// <summary>A host <c>a.b.c</c> is allowed by <c>*.b.c</c> and by <c>*.c</c>.</summary>
    private bool AllowsHost(Use use)
    {
        for (var at = use.Name.IndexOf('.'); at >= 0; at = use.Name.IndexOf('.', at + 1))
            if (_uses.Contains(use with { Name = string.Concat("*", use.Name.AsSpan(at)) })) return true;
        return false;
    }
}
