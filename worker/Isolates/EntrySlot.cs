using Sandbox.Worker.Process;

namespace Sandbox.Worker.Isolates;

/// <summary>One entry thread.</summary>
internal sealed class EntrySlot(int index)
{
    public int Index { get; } = index;

    /// <summary>What its thread waits for while there is nothing to do.</summary>
    public ThreadSignal Signal { get; } = new();

    /// <summary>The next in the list of those to be woken.</summary>
    public EntrySlot? NextToWake { get; set; }

    public ThreadClock Clock { get; set; }

    /// <summary>CPU time of the thread when it entered, microseconds.</summary>
    public long CpuBefore { get; set; }

    /// <summary>Where it is now.</summary>
    public Isolate? Isolate { get; set; }
}
