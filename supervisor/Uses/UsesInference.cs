using Acornima;
using Acornima.Ast;
using SourceProgram = Acornima.Ast.Program;

namespace Sandbox.Supervisor.Uses;

/// <summary>Reads from a source what it uses. It decides nothing of what is valid: that is V8's.</summary>
internal static class UsesInference
{
    /// <summary>A source that names none of these uses nothing, whether it can be read or not.</summary>
    private static readonly string[] s_ways = ["sdk", "fetch", "events", "export", "\\u"];

    private static readonly ParserOptions s_options = new()
    {
        EcmaVersion = EcmaVersion.Latest,
        ExperimentalESFeatures = ExperimentalESFeatures.All,
        AllowReturnOutsideFunction = true,
        AllowAwaitOutsideFunction = true,
        AllowNewTargetOutsideFunction = true,
        AllowTopLevelUsing = true,
    };

    public static InferredUses Of(string source)
    {
        // As the worker does: a byte order mark is no column.
        if (source.StartsWith('\uFEFF')) source = source[1..];
        try
        {
            return SourceWalk.Of(Parse(source));
        }
        catch (ParseErrorException e)
        {
            return Unreadable(source, e.Description, e.LineNumber, e.Column + 1);
        }
        catch (InsufficientExecutionStackException)
        {
            return Unreadable(source, "it is nested too deep, or too long to look through", null, null);
        }
    }

    private static SourceProgram Parse(string source)
    {
        var parser = new Parser(s_options);
        try
        {
            return parser.ParseScript(source, strict: true);
        }
        catch (ParseErrorException) when (source.Contains("export", StringComparison.Ordinal))
        {
            return parser.ParseModule(source);
        }
    }

    private static InferredUses Unreadable(string source, string? reason, int? line, int? column) =>
        Array.Exists(s_ways, way => source.Contains(way, StringComparison.Ordinal))
            ? new InferredUses(
                UsesDeclaration.None,
                [new UnknownUse($"what the source uses cannot be read from it ({reason}); declare uses, {{}} where it uses nothing", line, column, MustBeDeclared: true)])
            : new InferredUses(UsesDeclaration.None, []);
}
