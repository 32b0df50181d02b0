using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Executions;

namespace Sandbox.Supervisor.Workers;

/// <summary>
/// What an answer must hold to be a worker's of ours. The pipe's types promise less: MessagePack fills a missing part with null, a missing
/// number with 0, and any number is an enum. Pure. Each method gives the reason to kill the worker, null where the answer stands.
/// </summary>
internal static class WorkerAnswers
{
    // Lengths in characters of JSON literals: the worker cuts messages and stacks at 8 KB, and an escape takes six characters.
    private const int MessageMax = 64 * 1024;

    // V8 quotes the token that it did not expect, which can be the whole source (100 KB).
    private const int SyntaxMessageMax = 640 * 1024;
    private const int StackMax = 128 * 1024;
    private const int NameMax = 2 * 1024;
    private const int OutputSlack = 64 * 1024;
    private const int SourceErrorsMax = 1_000;
    private const long MemoryBytesMax = 1L << 40;
    private static readonly long s_cpuMicrosecondsMax = (long)TimeSpan.FromDays(1).TotalMicroseconds;

    public static string? Refuse(WorkerHello? hello) => hello switch
    {
        null => "a hello of null",
        { Engine: null or { Length: > NameMax } } => "a hello without the engine's version",
        _ => null,
    };

    /// <summary>Lines and columns may be any number: a script has a hand in them, and the classifier drops what is no place.</summary>
    public static string? Refuse(InvocationResult? result, InvocationRequest request)
    {
        if (result is null) return "a result of null";
        if (!Enum.IsDefined(result.Outcome)) return "an unknown outcome";
        if (result.CpuMicroseconds < 0 || result.CpuMicroseconds > s_cpuMicrosecondsMax) return "an impossible CPU time";
        if (result.MemoryPeakBytes is < 0 or > MemoryBytesMax) return "an impossible memory peak";
        if (result.Output is { } output && output.Length > (long)request.OutputBytesMax + OutputSlack) return "an output beyond its limit";
        return result.Error is { } error ? Refuse(error, result.Outcome == InvocationOutcome.SyntaxError ? SyntaxMessageMax : MessageMax) : null;
    }

    public static string? Refuse(SourceCheck? check)
    {
        if (check is null) return "a source check of null";
        if (check.Errors is null) return "a source check without a list of errors";
        if (check.Errors.Count > SourceErrorsMax) return "too many source errors";
        if (check.InputSchemaError?.Length > SyntaxMessageMax) return "an input schema's error beyond its limit";
        foreach (var error in check.Errors)
        {
            if (error?.Message is null || error.Message.Length > SyntaxMessageMax) return "a source error without a message within its limit";
            if (error.Line < 0 || error.Column < 0) return "a source error at no place";
        }

        return null;
    }

    private static string? Refuse(ScriptError error, int messageMax)
    {
        if (error.Message is null || error.Message.Length > messageMax) return "an error without a message within its limit";
        if (error.Name?.Length > NameMax || error.Code?.Length > NameMax) return "an error's name or code beyond its limit";
        return error.Stack?.Length > StackMax ? "an error's stack beyond its limit" : null;
    }
}
