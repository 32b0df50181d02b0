using Sandbox.Protocol.Rpc;

namespace Sandbox.FakeWorker;

/// <summary>Answers that the pipe's types allow and no worker of ours gives.</summary>
internal static class MalformedAnswers
{
    /// <summary>Null where the word names no such answer.</summary>
    public static InvocationResult? Invocation(string word, InvocationRequest request) => word switch
    {
        "null-message" => Threw(new ScriptError(null, null!, null, null, null, null, Retryable: true)),
        "huge-message" => Threw(new ScriptError(null, Text(100_000), null, null, null, null, Retryable: true)),
        "huge-name" => Threw(new ScriptError(Text(5_000), Text(1), null, null, null, null, Retryable: true)),
        "huge-stack" => Threw(new ScriptError(null, Text(1), null, null, Text(200_000), null, Retryable: true)),
        "huge-output" => new InvocationResult { Outcome = InvocationOutcome.Completed, Output = Text(request.OutputBytesMax + (1 << 20)) },
        "unknown-outcome" => new InvocationResult { Outcome = (InvocationOutcome)99 },
        "negative-cpu" => Completed with { CpuMicroseconds = -1 },
        "absurd-cpu" => Completed with { CpuMicroseconds = long.MaxValue },
        "negative-memory" => Completed with { MemoryPeakBytes = -1 },
        "absurd-memory" => Completed with { MemoryPeakBytes = long.MaxValue },
        _ => null,
    };

    /// <summary>The source names the answer; any other is accepted.</summary>
    public static SourceCheck Check(string source) => source switch
    {
        "null-check" => null!,
        "null-errors" => new SourceCheck(null!, IsModule: false, null),
        "null-error" => new SourceCheck([null!], IsModule: false, null),
        "null-message" => new SourceCheck([new SourceError(null!, 1, 1)], IsModule: false, null),
        "negative-line" => new SourceCheck([new SourceError("no", -1, 1)], IsModule: false, null),
        "many-errors" => new SourceCheck([.. Enumerable.Repeat(new SourceError("no", 1, 1), 10_000)], IsModule: false, null),
        "huge-schema-error" => new SourceCheck([], IsModule: false, Text(1_000_000)),
        _ => new SourceCheck([], IsModule: false, null),
    };

    private static InvocationResult Completed { get; } = new() { Outcome = InvocationOutcome.Completed, Output = "0" };

    private static InvocationResult Threw(ScriptError error) => new() { Outcome = InvocationOutcome.Threw, Error = error };

    private static string Text(int length) => $"\"{new string('x', length)}\"";
}
