using Sandbox.Protocol.Rpc;

namespace Sandbox.Worker.Isolates;

/// <summary>What the ending of an entry means for its invocation and its isolate.</summary>
internal sealed partial class Scheduler
{
    private void Leave(Isolate isolate, Invocation invocation, EntryEnding ending, List<(Invocation, InvocationResult)> answers)
    {
        if (invocation.Interrupting != InterruptReason.None) isolate.Engine!.CancelInterrupt();
        if (invocation.MemoryPeakBytes == 0) invocation.MemoryPeakBytes = ending == EntryEnding.OutOfMemory ? isolate.HeapBytesMax : 0;

        switch (ending)
        {
            case EntryEnding.OutOfMemory:
                Finish(invocation, invocation.Settlement is { } before ? Settled(invocation, before) : invocation.Result(InvocationOutcome.MemoryExceeded), answers);
                Discard(isolate, answers);
                return;
            case EntryEnding.Broken:
                Finish(invocation, invocation.Settlement is { } result ? Settled(invocation, result) : invocation.Result(InvocationOutcome.IsolateLost), answers);
                Discard(isolate, answers);
                return;
            case EntryEnding.Interrupted:
                Retire(isolate);
                if (invocation.Settlement is not null && !invocation.Over)
                    Remark(invocation, "Code was still running 50 ms after the execution had ended; it was stopped");
                break;
            case EntryEnding.Returned:
                break;
            default:
                throw new InvalidOperationException($"No ending {ending}.");
        }

        if (invocation.Over) return;
        if (invocation.Settlement is { } settlement)
        {
            if (settlement.Outcome == InvocationOutcome.MemoryExceeded) Retire(isolate);
            Finish(invocation, Settled(invocation, settlement), answers);
        }
        else if (invocation.Interrupting != InterruptReason.None)
        {
            Finish(invocation, invocation.Result(invocation.Interrupting == InterruptReason.Cpu ? InvocationOutcome.CpuExceeded : InvocationOutcome.Ended), answers);
            if (invocation.Entered) isolate.Entries.Enqueue(new Entry(EntryKind.Drop, invocation));
        }
        else if (ending == EntryEnding.Interrupted)
        {
            // Not meant for it, and its code is gone all the same: it may be run again.
            Finish(invocation, invocation.Result(InvocationOutcome.IsolateLost), answers);
        }

        if (isolate.Alone && isolate.Invocations.Count == 0) isolate.Retiring = true;
    }

    private InvocationResult Settled(Invocation invocation, InvocationResult settlement)
    {
        var (timers, calls) = invocation.Dropped;
        if (timers > 0) Remark(invocation, timers == 1 ? "1 timer was still waiting when the execution ended; it was dropped" : $"{timers} timers were still waiting when the execution ended; they were dropped");
        if (calls > 0) Remark(invocation, calls == 1 ? "1 sdk call was not over when the execution ended; it was dropped" : $"{calls} sdk calls were not over when the execution ended; they were dropped");
        return invocation.Complete(settlement);
    }

    private void Remark(Invocation invocation, string message) => invocation.Log.Remark(message, UnixMicroseconds());

    private long UnixMicroseconds() => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / 10;

    /// <summary>Takes nothing new; what has begun may finish, what has not goes elsewhere.</summary>
    private void Retire(Isolate isolate)
    {
        isolate.Retiring = true;
        isolate.Version.Isolates.Remove(isolate);
        MoveStarts(isolate);
    }

    private void MoveStarts(Isolate isolate)
    {
        if (isolate.Alone) return;
        for (var left = isolate.Entries.Count; left > 0; left--)
        {
            var entry = isolate.Entries.Dequeue();
            if (entry.Kind != EntryKind.Start || entry.Invocation.Over)
            {
                isolate.Entries.Enqueue(entry);
                continue;
            }

            isolate.Invocations.Remove(entry.Invocation);
            Place(entry.Invocation);
        }
    }

    /// <summary>Thrown away at once, with all that lives in it.</summary>
    private void Discard(Isolate isolate, List<(Invocation, InvocationResult)> answers)
    {
        Retire(isolate);
        foreach (var invocation in isolate.Invocations.ToArray()) Finish(invocation, invocation.Result(InvocationOutcome.IsolateLost), answers);
        isolate.Entries.Clear();
    }
}
