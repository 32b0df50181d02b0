using Sandbox.Worker.Language;

namespace Sandbox.Worker.Isolates;

/// <summary>Interfaces of the web that share a bundle. An isolate evaluates the bundle only when its version's source names one of them.</summary>
/// <param name="Bundle">The group's script; it evaluates to a function that fills the driver's table.</param>
/// <param name="Names">Properties of <c>globalThis</c> that the bundle gives a value.</param>
internal sealed record WebGroup(RuntimeScripts Bundle, params string[] Names)
{
    /// <summary>A group stands after those that its bundle takes from the table.</summary>
    public static IReadOnlyList<WebGroup> All { get; } =
    [
        new(new RuntimeScripts("basics.js"), "DOMException", "atob", "btoa", "structuredClone"),
        new(new RuntimeScripts("url.js"), "URL", "URLSearchParams"),
        new(new RuntimeScripts("headers.js"), "Headers"),
    ];

    /// <summary>The groups that a source needs, in the order of their evaluation.</summary>
    public static IEnumerable<WebGroup> For(string source) => All.Where(group => group.Names.Any(name => SourceProof.Names(source, name)));
}
