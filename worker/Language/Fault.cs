using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ClearScript;
using Sandbox.Protocol.Rpc;

namespace Sandbox.Worker.Language;

/// <summary>V8's complaint about a program whose first line is a wrapper's: line and column are those of the user's source.</summary>
internal sealed partial record Fault(string Message, int? Line, int? Column)
{
    public const string Export = "Unexpected token 'export'";
    public const string Import = "Cannot use import statement outside a module";
    public const string ImportMeta = "Cannot use 'import.meta' outside a module";
    private const string Kind = "SyntaxError: ";

    /// <summary>Reads <c>message\n    at document:line:column -> the line</c>; what follows the arrow is the user's text and is not read.</summary>
    public static Fault Of(ScriptEngineException exception, int linesBefore)
    {
        var message = exception.Message ?? "";
        var details = exception.ErrorDetails ?? "";
        var position = details.Length > message.Length ? Position().Match(details[message.Length..]) : Match.Empty;
        var text = message.StartsWith(Kind, StringComparison.Ordinal) ? message[Kind.Length..] : message;
        if (!position.Success) return new Fault(text.Contains("call stack", StringComparison.Ordinal) ? "The source is nested too deeply" : text, null, null);
        return new Fault(text, int.Parse(position.Groups["line"].ValueSpan, CultureInfo.InvariantCulture) - linesBefore, int.Parse(position.Groups["column"].ValueSpan, CultureInfo.InvariantCulture));
    }

    /// <summary>Clamped to the source: an unclosed <c>if (</c> is noticed in the wrapper behind it.</summary>
    public SourceError In(SourceText source)
    {
        if (Line is null || Column is null) return new SourceError(Message, null, null);
        var (line, column) = source.Clamp(Line.Value, Column.Value);
        // What V8 stumbled over is the wrapper's, which the author never wrote.
        var beyond = Line > source.Lines && Message.StartsWith("Unexpected token", StringComparison.Ordinal);
        return new SourceError(beyond ? "Unexpected end of input" : Message, line, column);
    }

    [GeneratedRegex(@"\A\n    at (check|script)( \[\d+\])?:(?<line>\d+):(?<column>\d+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Position();
}
