using System.Diagnostics;
using Microsoft.ClearScript;
using Sandbox.Protocol.Rpc;
using Sandbox.Protocol.Text;
using Sandbox.Worker.Logs;
using Sandbox.Worker.Process;

namespace Sandbox.Worker.Isolates;

/// <summary>The entry threads: the only ones that ever run a script's code.</summary>
internal sealed partial class Scheduler
{
    // V8 is told to use 1 MB of it; the rest is for host calls and ClearScript itself.
    private const int StackBytes = 4 * 1024 * 1024;
    /// <summary>Entries in a row while other isolates wait for a thread.</summary>
    private const int StayMax = 16;

    private readonly List<EntrySlot> _slots = [];

    public void StartThreads(int count, RunningPage page)
    {
        for (var i = 0; i < count; i++)
        {
            var slot = new EntrySlot(i);
            lock (_gate) _slots.Add(slot);
            new Thread(() => Run(slot, page), StackBytes) { IsBackground = true, Name = $"entry {i}" }.Start();
        }

        new Thread(Watch, 512 * 1024) { IsBackground = true, Name = "watchdog" }.Start();
    }

    private void Run(EntrySlot slot, RunningPage page)
    {
        slot.Clock = ThreadClock.OfThisThread();
        var answers = new List<(Invocation, InvocationResult)>();
        Isolate? stay = null;
        for (var stayed = 0; ;)
        {
            var isolate = stay;
            var entry = default(Entry);
            var rests = false;
            lock (_gate)
            {
                stay = null;
                if (isolate is null && !_ready.TryDequeue(out isolate))
                {
                    _idle.Push(slot);
                    rests = true;
                }
                else if (!Next(isolate!, out entry))
                {
                    continue;
                }
                else
                {
                    Begin(slot, isolate!, entry);
                }
            }

            if (rests)
            {
                slot.Signal.Wait();
                continue;
            }

            page.Set(slot.Index, entry.Invocation.Id);
            var ending = Enter(isolate!, entry);
            page.Set(slot.Index, 0);
            EntrySlot? wake;
            lock (_gate)
            {
                entry.Invocation.CpuMicroseconds += slot.Clock.Microseconds - slot.CpuBefore;
                slot.Isolate = null;
                isolate!.Current = null;
                Leave(isolate, entry.Invocation, ending, answers);
                isolate.Scheduled = false;
                if (isolate.Retiring && isolate.Invocations.Count == 0) Remove(isolate);
                // The thread stays with its isolate while that has entries, so that none is handed over, but lets others have their turn.
                else if (isolate.Engine is not null && isolate.Entries.Count > 0 && (_ready.Count == 0 || ++stayed % StayMax != 0)) stay = Keep(isolate);
                else Schedule(isolate);
                wake = TakeWakes();
            }

            WakeAll(wake);
            Answer(answers);
            answers.Clear();
        }
    }

    // Under the lock.
    private void Begin(EntrySlot slot, Isolate isolate, Entry entry)
    {
        isolate.Current = entry.Invocation;
        isolate.Slot = slot;
        isolate.HeldSince = Stopwatch.GetTimestamp();
        slot.Isolate = isolate;
        slot.CpuBefore = slot.Clock.Microseconds;
        WakeWatchdog();
    }

    /// <summary>Who is to be woken, taken under the lock at its end.</summary>
    private EntrySlot? TakeWakes()
    {
        var first = _toWake;
        _toWake = null;
        return first;
    }

    private static void WakeAll(EntrySlot? first)
    {
        while (first is { } slot)
        {
            first = slot.NextToWake;
            slot.NextToWake = null;
            slot.Signal.Set();
        }
    }

    private static Isolate Keep(Isolate isolate)
    {
        isolate.Scheduled = true;
        return isolate;
    }

    // Under the lock. Entries of invocations that are over are passed by; the isolate rests where none is left.
    private bool Next(Isolate isolate, out Entry entry)
    {
        while (isolate.Entries.TryDequeue(out entry))
        {
            if (entry.Kind == EntryKind.Answers) entry.Invocation.AnswersQueued = false;
            if (!entry.Invocation.Over || entry.Kind == EntryKind.Drop) return isolate.Engine is not null;
        }

        isolate.Scheduled = false;
        if (isolate.Retiring && isolate.Invocations.Count == 0) Remove(isolate);
        return false;
    }

    private static EntryEnding Enter(Isolate isolate, Entry entry)
    {
        var engine = isolate.Engine!;
        var invocation = entry.Invocation;
        try
        {
            switch (entry.Kind)
            {
                case EntryKind.Start:
                    var source = isolate.Load(out var cold);
                    invocation.Cold = cold;
                    if (source.Wrapped is null)
                    {
                        var error = source.Errors[0];
                        invocation.Settlement = new InvocationResult { Outcome = InvocationOutcome.SyntaxError, Error = new ScriptError(JsonText.Encode("SyntaxError"), JsonText.Encode(error.Message), error.Line, error.Column, null, null, Retryable: false) };
                        break;
                    }

                    invocation.Entered = true;
                    invocation.StartedAt = Stopwatch.GetTimestamp();
                    var request = invocation.Request;
                    engine.Start(invocation.Name, request.Constants, request.Context, request.Input, request.IsHttp, request.CheckInput, request.OutputBytesMax, request.LogLineBytesMax, request.ArrayBufferBytesMax);
                    break;
                case EntryKind.Wake:
                    engine.Wake(invocation.Name);
                    break;
                case EntryKind.Answers:
                    while (invocation.Settlement is null && invocation.Answers!.TryDequeue(out var next)) engine.Answer(invocation.Name, next.Call, next.Answer);
                    break;
                case EntryKind.Drop:
                    engine.Drop(invocation.Name);
                    break;
                default:
                    throw new InvalidOperationException($"No entry of kind {entry.Kind}.");
            }

            invocation.MemoryPeakBytes = Math.Max(invocation.MemoryPeakBytes, isolate.UsedBytes());
            return EntryEnding.Returned;
        }
        catch (ScriptInterruptedException)
        {
            invocation.MemoryPeakBytes = Math.Max(invocation.MemoryPeakBytes, engine.UsedBytes);
            return EntryEnding.Interrupted;
        }
        catch (ScriptEngineException exception)
        {
            // The driver catches all that a script throws: what comes out is V8's own.
            if (exception.Message.Contains("memory limit", StringComparison.Ordinal)) return EntryEnding.OutOfMemory;
            if (!exception.IsFatal && exception.Message.Contains("call stack", StringComparison.Ordinal)) return EntryEnding.Returned;
            Console.Error.WriteLine($"isolate broken: {exception.Message}");
            return EntryEnding.Broken;
        }
        catch (Exception exception)
        {
            // A fault of ours or ClearScript's: the isolate is not trusted any further, the worker goes on.
            Console.Error.WriteLine($"isolate broken: {exception}");
            return EntryEnding.Broken;
        }
    }
}
