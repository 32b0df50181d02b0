using System.Collections.Concurrent;
using System.Globalization;
using Sandbox.Protocol.Rpc;
using Sandbox.Worker.Logs;

namespace Sandbox.Worker.Isolates;

/// <summary>One execution in this worker, from its request to its answer. Guarded by the scheduler's lock, but for what says otherwise.</summary>
internal sealed class Invocation
{
    public Invocation(InvocationRequest request, ScriptVersion version)
    {
        Request = request;
        Version = version;
        Name = request.Invocation.ToString(CultureInfo.InvariantCulture);
        Log = new InvocationLog(request);
    }

    public InvocationRequest Request { get; }

    public ScriptVersion Version { get; }

    public long Id => Request.Invocation;

    /// <summary>Its name in the driver.</summary>
    public string Name { get; }

    public InvocationLog Log { get; }

    // Continuations run inline, on the entry thread: an answer costs no change of thread.
    public TaskCompletionSource<InvocationResult> Answer { get; } = new();

    public Isolate? Isolate { get; set; }

    /// <summary>It has run a line of the script.</summary>
    public bool Entered { get; set; }

    /// <summary>When it first entered, a timestamp.</summary>
    public long StartedAt { get; set; }

    public bool Cold { get; set; }

    /// <summary>It has its answer, or is about to be given it.</summary>
    public bool Over { get; set; }

    public InterruptReason Interrupting { get; set; }

    /// <summary>Written by the thread that is in its isolate.</summary>
    public long CpuMicroseconds { get; set; }

    /// <summary>Written by the thread that is in its isolate.</summary>
    public long MemoryPeakBytes { get; set; }

    /// <summary>Set by the driver's last word, on the thread that is in its isolate; the answer is given when the entry ends.</summary>
    public volatile InvocationResult? Settlement;

    /// <summary>Timestamp of <see cref="Settlement"/>, 0 before it.</summary>
    public long SettledAt { get; set; }

    public Dropped Dropped { get; set; }

    /// <summary>Answers that came and were not handed to the script yet: filled by the input thread, emptied by the one in its isolate. Made for the first of them.</summary>
    public ConcurrentQueue<(int Call, CallAnswer Answer)>? Answers { get; set; }

    /// <summary>An entry for its answers waits.</summary>
    public bool AnswersQueued { get; set; }

    public InvocationResult Result(InvocationOutcome outcome, ScriptError? error = null) =>
        Complete(new InvocationResult { Outcome = outcome, Error = error });

    public InvocationResult Complete(InvocationResult result) => result with
    {
        CpuMicroseconds = CpuMicroseconds,
        MemoryPeakBytes = MemoryPeakBytes,
        Entered = Entered,
        Cold = Cold,
    };
}

/// <summary>Why an invocation's entry is interrupted.</summary>
internal enum InterruptReason
{
    None = 0,

    /// <summary>The supervisor ended it.</summary>
    Ended,

    /// <summary>It used up its CPU time.</summary>
    Cpu,

    /// <summary>It has settled and its isolate is not quiet.</summary>
    NotQuiet,
}
