using System.Text;
using System.Text.RegularExpressions;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Uses;

/// <summary>What a script's <c>uses</c> may be.</summary>
internal static partial class UsesRules
{
    private const int EntriesMax = 200;
    private const int NameMax = 100;

    /// <summary>The rights that are declared, or every field that is not acceptable.</summary>
    public static Result<UsesDeclaration> Read(RawJson declared)
    {
        var read = JsonShape.Read(Encoding.UTF8.GetBytes(declared.Text), UsesJson.Default.UsesBody, "uses.");
        if (read.Value is not { } body) return read.Problem!.Errors.Count > 0 ? read.Problem : Problem.Invalid(new FieldError("uses", read.Problem.Detail));
        var errors = new List<FieldError>();
        var uses = new List<Use>();
        foreach (var (name, rights) in body.Entities ?? new Dictionary<string, IReadOnlyList<string>>()) Entity(name, rights, uses, errors);
        Names("hosts", UseKind.Host, body.Hosts, IsHost, "must be a host such as api.example.com, *.example.com, or * for any", uses, errors);
        Names("secrets", UseKind.Secret, body.Secrets, IsName, "must be the name of a secret, or * for any", uses, errors);
        Names("connections", UseKind.Connection, body.Connections, IsName, "must be the name of a connection, or * for any", uses, errors);
        Names("events", UseKind.Event, body.Events, EventType().IsMatch, "must be a type such as payment.invoice.processed or payment.*, or * for any", uses, errors);
        if (body.Email is true) uses.Add(Use.Email);
        Names("scripts", UseKind.Script, body.Scripts, IsName, "must be the name of a script, or * for any", uses, errors);
        if (uses.Count > EntriesMax) errors.Add(new FieldError("uses", $"has {uses.Count} entries; at most {EntriesMax} are taken. Use * where a script needs any"));
        return errors.Count > 0 ? Problem.Invalid([.. errors]) : new UsesDeclaration(uses);
    }

    private static void Entity(string name, IReadOnlyList<string> rights, List<Use> uses, List<FieldError> errors)
    {
        var field = $"uses.entities.{name}";
        if (!IsName(name)) errors.Add(new FieldError(field, "must be the name of an entity, or * for any"));
        if (rights.Count == 0) errors.Add(new FieldError(field, "is empty; name read, write or both, or leave the entity out"));
        for (var i = 0; i < rights.Count; i++)
        {
            if (rights[i] == "read") uses.Add(new Use(UseKind.EntityRead, name));
            else if (rights[i] == "write") uses.Add(new Use(UseKind.EntityWrite, name));
            else errors.Add(new FieldError($"{field}[{i}]", "must be one of read, write"));
        }
    }

    private static void Names(
        string field, UseKind kind, IReadOnlyList<string>? names, Func<string, bool> isAcceptable, string complaint, List<Use> uses, List<FieldError> errors)
    {
        for (var i = 0; i < (names?.Count ?? 0); i++)
        {
            if (isAcceptable(names![i])) uses.Add(new Use(kind, kind == UseKind.Host ? HostOf(names[i])! : names[i]));
            else errors.Add(new FieldError($"uses.{field}[{i}]", complaint));
        }
    }

    private static bool IsName(string name) => name.Length is > 0 and <= NameMax && Text.IsStorable(name) && (name == Use.Any || !name.Contains('*'));

    private static bool IsHost(string name) => HostOf(name) is not null;

    /// <summary>A host as it is called, <c>*.</c> before it or not; null where it is none.</summary>
    private static string? HostOf(string name)
    {
        if (name == Use.Any) return name;
        var isSuffix = name.StartsWith("*.", StringComparison.Ordinal);
        var text = isSuffix ? name[2..] : name;
        var host = UrlHost.Parse(text.Contains(':', StringComparison.Ordinal) && !text.StartsWith('[') ? $"[{text}]" : text);
        return host is null || (isSuffix && host.Value.Address is not null) ? null : isSuffix ? $"*.{host.Value.Name}" : host.Value.Name;
    }

    [GeneratedRegex(@"\A(\*|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,5}(\.\*)?)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EventType();
}
