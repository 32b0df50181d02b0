using Sandbox.Protocol.Api;
using Sandbox.Protocol.Rpc;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Workers;
using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Supervisor.Executions;

/// <summary>
/// The one place that decides an outcome. Pure. What is more certain outranks what is less: the kernel's out-of-memory
/// count, then our own reason for ending it, then how the process exited, then what the worker said.
/// </summary>
internal static class OutcomeClassifier
{
    private const string Changed = "It had changed something by then, so it was not run again.";
    /// <summary>Where the worker cuts an error's message, and at the least its stack.</summary>
    public const int MessageMax = 8 * 1024;

    /// <summary>Where the worker cuts an error's name.</summary>
    public const int NameMax = 200;

    private const int Sigill = 4;
    private const int Sigtrap = 5;
    private const int Sigabrt = 6;

    private static readonly HashSet<string> s_sdkCodes =
    [
        Codes.InvalidArgument, Codes.NotAllowed, Codes.NotFound, Codes.Conflict, Codes.CallLimit, Codes.ChainLimit,
        Codes.RateLimit, Codes.QuotaExceeded, Codes.ConcurrencyLimit, Codes.Overloaded, Codes.Timeout,
        Codes.SyntaxError, Codes.MemoryLimit, Codes.OutputTooLarge, Codes.InvalidInput, Codes.InvalidOutput, Codes.WorkerLost, Codes.Interrupted,
        "EGRESS_BLOCKED", "HTTP_TIMEOUT", "HTTP_ERROR", "RESPONSE_TOO_LARGE", "ROW_LIMIT", "QUERY_TIMEOUT",
    ];

    /// <param name="reason">Why we ended it, if we did.</param>
    /// <param name="end">What came back.</param>
    /// <param name="limits">Those in force, for the messages.</param>
    /// <param name="again">It has been run again already.</param>
    /// <param name="changed">It may have changed something outside: it is not run again.</param>
    public static Outcome Classify(EndReason reason, InvocationEnd end, ScriptLimits limits, bool again, bool changed)
    {
        if (end.Exit is { } exit && exit.OomKills > 0 && Blamed(end)) return Memory(limits, blamed: true);
        // Parent and child fall with one worker; who hears of it first is chance.
        if (reason == EndReason.ParentGone && end.Exit is { KillReason: null or KillReason.PipeClosed }) reason = EndReason.None;
        if (reason != EndReason.None) return Ended(reason, limits, blamed: end.Exit is not null);
        if (end.Exit is { } died)
        {
            var abort = died.KillReason is null or KillReason.PipeClosed && (died.Signal is Sigabrt or Sigtrap or Sigill || died.ExitCode is 128 + Sigabrt or 128 + Sigtrap or 128 + Sigill);
            if (abort && Blamed(end)) return Memory(limits, blamed: true);
            if (!again && !changed) return Outcome.Again;
            return Outcome.Failed(Codes.WorkerLost, again ? "The worker process ended while the script ran, twice." : $"The worker process ended while the script ran. {Changed}", blamed: Blamed(end));
        }

        var result = end.Result!;
        return result.Outcome switch
        {
            InvocationOutcome.Completed => Completed(result, limits),
            InvocationOutcome.Threw => Threw(result.Error, Codes.ScriptError),
            InvocationOutcome.SyntaxError => Threw(result.Error, Codes.SyntaxError),
            InvocationOutcome.CpuExceeded => Outcome.Failed(Codes.Timeout, $"The script used more than {limits.TimeoutMs} ms of CPU time (limits.timeout_ms)."),
            InvocationOutcome.MemoryExceeded => Memory(limits, blamed: false),
            InvocationOutcome.OutputTooLarge => TooLarge(limits),
            InvocationOutcome.InvalidOutput => Threw(result.Error, Codes.InvalidOutput),
            InvocationOutcome.IsolateLost when !again && !changed => Outcome.Again,
            InvocationOutcome.IsolateLost when !again => Outcome.Failed(Codes.WorkerLost, $"The isolate was lost while the script ran. {Changed}"),
            InvocationOutcome.IsolateLost => Outcome.Failed(Codes.WorkerLost, "The isolate was lost while the script ran, twice."),
            InvocationOutcome.InvalidInput => Threw(result.Error, Codes.InvalidInput),
            // Ended without our asking, or a source asked for twice: no worker of ours says so.
            InvocationOutcome.Ended or InvocationOutcome.SourceNeeded => Outcome.Failed(Codes.WorkerLost, "The worker gave no valid answer."),
            _ => Outcome.Failed(Codes.WorkerLost, "The worker gave no valid answer."),
        };
    }

    /// <summary>The worker died with this attempt on a thread, or with nothing else in it that could be blamed.</summary>
    private static bool Blamed(InvocationEnd end) => end.OnThread || (end.WasAlone && end.Exit!.Running.Count == 0);

    private static Outcome Ended(EndReason reason, ScriptLimits limits, bool blamed) => reason switch
    {
        EndReason.Deadline => Outcome.Failed(Codes.Timeout, $"The script did not end within {limits.TimeoutMs} ms (limits.timeout_ms).", blamed),
        EndReason.Cancelled or EndReason.CallerGone or EndReason.ParentGone => Outcome.Cancelled with { Blamed = blamed },
        EndReason.Shutdown => Outcome.Failed(Codes.Interrupted, "The supervisor stopped while the script ran."),
        EndReason.Evicted => Outcome.Failed(Codes.Interrupted, "The tenant was suspended while the script ran."),
        EndReason.LeaseLost => Outcome.Failed(Codes.Interrupted, "The supervisor lost the database while the script ran, so that another one may have taken it over."),
        EndReason.None => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason to end."),
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Unknown reason."),
    };

    private static Outcome Completed(InvocationResult result, ScriptLimits limits)
    {
        if (result.Output is null) return Outcome.Completed;
        // Checked again here: the worker's word is no proof, and the text is written into answers as it stands.
        if (result.Output.Length > limits.OutputBytes || System.Text.Encoding.UTF8.GetByteCount(result.Output) > limits.OutputBytes) return TooLarge(limits);
        return JsonText.IsValid(result.Output) ? Outcome.Completed : Outcome.Failed(Codes.InvalidOutput, "The output is not valid JSON.");
    }

    private static Outcome TooLarge(ScriptLimits limits) =>
        Outcome.Failed(Codes.OutputTooLarge, $"The output is larger than {limits.OutputBytes} bytes (limits.output_bytes). Return less, or raise the limit.");

    private static Outcome Memory(ScriptLimits limits, bool blamed) =>
        Outcome.Failed(Codes.MemoryLimit, $"The script used more than its memory ({limits.MemoryBytes >> 20} MB of heap, as much of array buffers; limits.memory_bytes).", blamed);

    private static Outcome Threw(ScriptError? error, string code)
    {
        if (error is null) return Outcome.Failed(code, "The script failed.");
        if (code == Codes.ScriptError && error.Code is { } own && s_sdkCodes.Contains(own)) code = own;
        var status = code == Codes.Timeout ? ExecutionStatus.Timeout : ExecutionStatus.Failed;
        return new Outcome(status, code, new ExecutionError(
            Cut(JsonText.Decode(error.Message) ?? error.Message, MessageMax),
            error.Line is > 0 ? error.Line : null,
            error.Column is > 0 ? error.Column : null,
            error.Stack is null ? null : Cut(JsonText.Decode(error.Stack) ?? error.Stack, 16 * 1024),
            error.Name is null ? null : Cut(JsonText.Decode(error.Name) ?? error.Name, NameMax)), Retryable: error.Retryable);
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
