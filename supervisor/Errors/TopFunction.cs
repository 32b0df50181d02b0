using System.Globalization;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Errors;

/// <summary>Finds the function of the frame that an error's line and column point to, in a stack as the worker writes it.</summary>
internal static class TopFunction
{
    private const string Start = "\n    at ";
    private const string Async = "async ";
    private const int LengthMax = 200;

    /// <summary>Null where the frame is outside of any function, or there is no such frame.</summary>
    public static string? Of(ExecutionError? error)
    {
        if (error is not { Stack: { } stack, Line: { } line, Column: { } column }) return null;
        // The message may look like frames; its text stands before them.
        var head = $"{error.Name}: {error.Message}";
        var from = stack.StartsWith(head, StringComparison.Ordinal) ? head.Length : 0;
        var end = stack.IndexOf(string.Create(CultureInfo.InvariantCulture, $" ({line}:{column})"), from, StringComparison.Ordinal);
        if (end < 0) return null;
        var start = stack.LastIndexOf('\n', end);
        if (start < from || string.CompareOrdinal(stack, start, Start, 0, Start.Length) != 0) return null;
        var name = stack.AsSpan(start + Start.Length, end - start - Start.Length);
        if (name.StartsWith(Async)) name = name[Async.Length..];
        return name[..Math.Min(name.Length, LengthMax)].ToString();
    }
}
