using System.Diagnostics;
using Sandbox.Protocol.Rpc;
using Sandbox.Worker.Language;

namespace Sandbox.Worker.Isolates;

/// <summary>An isolate as the scheduler sees it: an actor with a queue of entries, entered by one thread at a time.</summary>
internal sealed class Isolate(ScriptVersion version, InvocationRequest limits)
{
    private const int SampleEvery = 16;
    private static readonly long ShortTicks = Stopwatch.Frequency / 2000;
    private ProvenSource? _loaded;
    private long _usedBytes;
    private int _sinceSample;

    public ScriptVersion Version { get; } = version;

    public long HeapBytesMax { get; } = limits.HeapBytesMax;

    public long ArrayBufferBytesMax { get; } = limits.ArrayBufferBytesMax;

    /// <summary>For one invocation, then thrown away.</summary>
    public bool Alone { get; } = limits.Alone;

    /// <summary>Null as long as it waits for a spare.</summary>
    public HardenedEngine? Engine { get; set; }

    /// <summary>Completes when it has its engine, or is removed without.</summary>
    public TaskCompletionSource Ready { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Invocations that live in it, entered or not.</summary>
    public List<Invocation> Invocations { get; } = [];

    public Queue<Entry> Entries { get; } = [];

    /// <summary>It is in the ready queue, or a thread is in it.</summary>
    public bool Scheduled { get; set; }

    /// <summary>Whoever holds its thread now.</summary>
    public Invocation? Current { get; set; }

    /// <summary>The thread that is in it.</summary>
    public EntrySlot? Slot { get; set; }

    /// <summary>Since when, a timestamp.</summary>
    public long HeldSince { get; set; }

    /// <summary>It takes nothing new, and is thrown away with its last invocation.</summary>
    public bool Retiring { get; set; }

    public long UsedAt { get; set; }

    /// <summary>
    /// Heap and array buffers in use: asked of V8, which costs as much as a short entry, after every entry that was no short one and every sixteenth
    /// of those that were. On its thread.
    /// </summary>
    public long UsedBytes()
    {
        if (_sinceSample++ % SampleEvery == 0 || Stopwatch.GetTimestamp() - HeldSince > ShortTicks)
        {
            _usedBytes = Engine!.UsedBytes;
            _sinceSample = 1;
        }

        return _usedBytes;
    }

    public bool Fits(InvocationRequest request) =>
        !Retiring && !Alone && HeapBytesMax == request.HeapBytesMax && ArrayBufferBytesMax == request.ArrayBufferBytesMax;

    /// <summary>Gives it its source, once. What V8 said of it.</summary>
    public ProvenSource Load(out bool cold)
    {
        cold = _loaded is null;
        return _loaded ??= Engine!.Load(Version.Source, Version.InputSchema);
    }
}

/// <summary>What a thread is to do in an isolate.</summary>
internal readonly record struct Entry(EntryKind Kind, Invocation Invocation);

internal enum EntryKind
{
    /// <summary>Begin the execution.</summary>
    Start = 0,

    /// <summary>Its next timer is due.</summary>
    Wake,

    /// <summary>Broker calls of it were answered.</summary>
    Answers,

    /// <summary>Forget what the driver knows of an invocation that was ended.</summary>
    Drop,
}
