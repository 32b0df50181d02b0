using Sandbox.Worker.Language;

namespace Sandbox.Worker.Isolates;

/// <summary>Interfaces of the web that share a bundle. An isolate evaluates the bundle only when its version's source names one of them.</summary>
/// <param name="Key">The bundle's name.</param>
/// <param name="Names">Properties of <c>globalThis</c> that the bundle gives a value, and bindings of an execution that need it.</param>
/// <param name="Needs">Keys of the groups whose values the bundle uses.</param>
internal sealed record WebGroup(string Key, string[] Names, params string[] Needs)
{
    /// <summary>The group's script; it evaluates to a function that fills the driver's table.</summary>
    public RuntimeScripts Bundle { get; } = new($"{Key}.js");

    /// <summary>A group stands after those that it needs.</summary>
    public static IReadOnlyList<WebGroup> All { get; } =
    [
        new("basics", ["DOMException", "atob", "btoa", "structuredClone"]),
        new("url", ["URL", "URLSearchParams"]),
        new("headers", ["Headers"]),
        new("text", ["TextDecoder", "TextEncoder"]),
        new("events", ["AbortController", "AbortSignal", "Event", "EventTarget"], "basics"),
        new("fetch", ["Blob", "File", "FormData", "Request", "Response", "fetch"], "events", "headers", "text", "url"),
    ];

    /// <summary>Tables that a group asks for when a script first needs them.</summary>
    public static IReadOnlyDictionary<string, RuntimeScripts> Tables { get; } = new Dictionary<string, RuntimeScripts>(StringComparer.Ordinal)
    {
        ["idna-tables"] = new("idna-tables.js"),
        ["multi-byte"] = new("multi-byte.js"),
    };

    /// <summary>The groups that a source needs, in the order of their evaluation.</summary>
    public static IEnumerable<WebGroup> For(string source)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in All.Reverse())
            if (keys.Contains(group.Key) || group.Names.Any(name => SourceProof.Names(source, name))) keys.UnionWith([group.Key, .. group.Needs]);
        return All.Where(group => keys.Contains(group.Key));
    }
}
