using Microsoft.ClearScript;
using Microsoft.ClearScript.JavaScript;
using Microsoft.ClearScript.V8;
using Sandbox.Protocol.Rpc;

namespace Sandbox.Worker.Language;

/// <summary>
/// Whether a source may be wrapped: asked of V8 itself, which compiles and never runs it, so that what V8 takes is what is valid.
/// <para>
/// A source that closes its wrapper early must be told from one that does not. It is compiled in two: as the body of an
/// <c>async function</c> declaration, after which only another statement can follow, and as the body of an <c>async</c> arrow
/// function within parentheses, after which only <c>,</c> or <c>)</c> can (an arrow function with a block body is a whole AssignmentExpression:
/// it is no operand). Up to a premature <c>}</c> both parse the same grammar, so it stands at the same place in both, and no
/// token may follow it in both. What is valid in both never left its wrapper, and so is a function body in any other.
/// </para>
/// </summary>
internal sealed class SourceProof(V8ScriptEngine engine)
{
    private static readonly string[] s_bindings = ["context", "sdk", "console", "setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance", "queueMicrotask", "crypto", "fetch", "events"];

    /// <summary>Parts of the sdk that are made ready before a version runs that names them.</summary>
    private static readonly string[] s_mentioned = [.. s_bindings, "csv", "webhooks"];
    private const string Word = "import";
    private const int ExportsMax = 200;

    /// <summary>
    /// Which bindings a source names, separated by blanks: what it does not name need not be made for it. A module's function is called with two, whatever it calls
    /// them; an escape may spell any name.
    /// </summary>
    public static string Mentions(string source, bool isModule) => source.Contains("\\u", StringComparison.Ordinal)
        ? string.Join(' ', s_mentioned)
        : string.Join(' ', s_mentioned.Where(name => source.Contains(name, StringComparison.Ordinal) || (isModule && name is "sdk")));

    /// <summary>Whether a source may name a global: as a whole word, or by an escape.</summary>
    public static bool Names(string source, string name)
    {
        for (var at = source.IndexOf(name, StringComparison.Ordinal); at >= 0; at = source.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            var before = at > 0 && ModuleForm.IsNamePart(source[at - 1]);
            var after = at + name.Length < source.Length && ModuleForm.IsNamePart(source[at + name.Length]);
            if (!before && !after) return true;
        }

        return source.Contains("\\u", StringComparison.Ordinal);
    }

    /// <summary>The source as a program that may be compiled and called, or the errors in it.</summary>
    public ProvenSource Prove(string source)
    {
        // A byte order mark is of the file, not of its first line: V8 would count it as a column.
        if (source.StartsWith('\uFEFF')) source = source[1..];
        var text = new SourceText(source);
        var fault = AsBody(source);
        if (fault is null) return DynamicImport(text) is { } import ? ProvenSource.Refused(import, isModule: false) : new ProvenSource(Wrap(source, ""), IsModule: false, []);
        if (!string.Equals(fault.Message, Fault.Export, StringComparison.Ordinal)) return ProvenSource.Refused(Plain(fault).In(text), isModule: false);
        return ProveModule(text, fault);
    }

    /// <summary>Compiles a proven source. Null where V8 refuses even so, with its reason.</summary>
    /// <param name="name">Frames of a file of this name are a script's. V8 names a second one otherwise.</param>
    public object? Compile(ProvenSource proven, out ProvenSource? refused, string name = "script")
    {
        refused = null;
        try
        {
            using var script = engine.Compile(new DocumentInfo(name), proven.Wrapped!);
            return engine.Evaluate(script);
        }
        catch (ScriptEngineException exception) when (exception is not null)
        {
            var lines = proven.Wrapped!.Split('\n', 2)[1];
            refused = ProvenSource.Refused(Fault.Of(exception, 1).In(new SourceText(lines[..lines.LastIndexOf('\n')])), proven.IsModule);
            return null;
        }
    }

    private static string Wrap(string body, string epilogue) =>
        $"(function ({string.Join(", ", s_bindings)}) {{ 'use strict'; return (async function () {{\n{body}\n{epilogue}}})(); }})";

    private Fault? AsBody(string body) =>
        Try($"'use strict';async function f(){{\n{body}\n}}") ?? Try($"'use strict';function f(){{(async () => {{\n{body}\n}})}}");

    private ProvenSource ProveModule(SourceText text, Fault first)
    {
        // V8's word that it is a module: each export then stands at its top level, and exports that exist are named.
        if (Try(text.Text, linesBefore: 0, ModuleCategory.Standard) is { } invalid) return ProvenSource.Refused(invalid.In(text), isModule: true);

        var form = new ModuleForm(text);
        var fault = first;
        for (var count = 0; fault is not null && string.Equals(fault.Message, Fault.Export, StringComparison.Ordinal); count++)
        {
            if (count == ExportsMax) return ProvenSource.Refused(new SourceError($"More than {ExportsMax} exports", fault.Line, fault.Column), isModule: true);
            if (form.Rewrite(fault) is { } refused) return ProvenSource.Refused(refused, isModule: true);
            fault = AsBody(form.Body);
        }

        if (fault is not null) return ProvenSource.Refused(Plain(fault).In(text), isModule: true);
        if (form.Default is null) return ProvenSource.Refused(new SourceError("A module needs an export default", first.Line, first.Column), isModule: true);
        return DynamicImport(new SourceText(form.Body)) is { } import
            ? ProvenSource.Refused(import, isModule: true)
            : new ProvenSource(Wrap(form.Body, $";return [{form.Default}];"), IsModule: true, []);
    }

    // `enum` is reserved as `import` is, allowed as a property's name as `import` is, and never the start of an expression: put in
    // its place it is an error exactly where import was a call, and none within a string, a comment or a regular expression.
    private SourceError? DynamicImport(SourceText text)
    {
        var places = new HashSet<int>();
        var characters = text.Text.ToCharArray();
        for (var at = text.Text.IndexOf(Word, StringComparison.Ordinal); at >= 0; at = text.Text.IndexOf(Word, at + 1, StringComparison.Ordinal))
        {
            if ((at > 0 && ModuleForm.IsNamePart(text.Text[at - 1])) || (at + Word.Length < text.Text.Length && ModuleForm.IsNamePart(text.Text[at + Word.Length]))) continue;
            places.Add(at);
            "enum  ".CopyTo(0, characters, at, Word.Length);
        }

        if (places.Count == 0 || AsBody(new string(characters)) is not { Line: { } line, Column: { } column }) return null;
        return places.Contains(text.IndexOf(line, column)) ? new SourceError("import() is not available: a script has no modules beside it", line, column) : null;
    }

    private static Fault Plain(Fault fault) => fault.Message switch
    {
        Fault.Import => fault with { Message = "import is not available: a script has no modules beside it" },
        Fault.ImportMeta => fault with { Message = "import.meta is not available: a script has no address" },
        _ => fault,
    };

    private Fault? Try(string program, int linesBefore = 1, DocumentCategory? category = null)
    {
        try
        {
            engine.Compile(new DocumentInfo("check") { Category = category ?? DocumentCategory.Script }, program).Dispose();
            return null;
        }
        catch (ScriptEngineException exception)
        {
            return Fault.Of(exception, linesBefore);
        }
    }
}
