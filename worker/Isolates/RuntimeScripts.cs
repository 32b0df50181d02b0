using System.Reflection;
using Microsoft.ClearScript;
using Microsoft.ClearScript.V8;

namespace Sandbox.Worker.Isolates;

/// <summary>The JavaScript that makes an isolate ours. Compiled once per process: later isolates take V8's code cache of it.</summary>
internal sealed class RuntimeScripts
{
    private readonly string _text;
    private readonly string _name;
    private byte[]? _cache;

    private RuntimeScripts(string name, string text) => (_name, _text) = (name, text);

    /// <param name="name">An embedded resource.</param>
    public RuntimeScripts(string name)
    {
        _name = name;
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The worker was built without {name}.");
        using var reader = new StreamReader(stream);
        _text = reader.ReadToEnd();
    }

    public static RuntimeScripts Prelude { get; } = new("prelude.js");

    public static RuntimeScripts Harden { get; } = new("harden.js");

    public static RuntimeScripts Driver { get; } = new("driver.js");

    /// <summary>For versions that have an input schema alone: it is large.</summary>
    public static RuntimeScripts InputSchema { get; } = new("input-schema.js");

    /// <summary>Declares the names of <c>globalThis</c> as constants of the same values; null before the first isolate has named them.</summary>
    private static RuntimeScripts? s_globals;

    /// <param name="engine">An isolate whose globals may still be declared.</param>
    /// <param name="names">What prelude.js found, separated by commas: the same in every isolate.</param>
    public static void DeclareGlobals(V8ScriptEngine engine, string names) =>
        (s_globals ??= new RuntimeScripts("globals.js", $"const {{ {names} }} = globalThis;")).Run(engine);

    public object Run(V8ScriptEngine engine)
    {
        var document = new DocumentInfo(_name);
        if (_cache is null)
        {
            using var first = engine.Compile(document, _text, V8CacheKind.Code, out _cache);
            return engine.Evaluate(first);
        }

        using var script = engine.Compile(document, _text, V8CacheKind.Code, _cache, out _);
        return engine.Evaluate(script);
    }
}
