using System.Diagnostics;

namespace Sandbox.Worker.Isolates;

/// <summary>Looks at the threads that are in an isolate: CPU time, quiet after the end, starts that wait behind a busy invocation. Sleeps while none is.</summary>
internal sealed partial class Scheduler
{
    private const int PeriodMs = 5;
    private const int IdlePeriods = 40;
    private static readonly long QuietTicks = Stopwatch.Frequency / 20;
    private readonly object _watch = new();
    private volatile bool _watching;

    private void WakeWatchdog()
    {
        if (_watching) return;
        lock (_watch)
        {
            _watching = true;
            Monitor.Pulse(_watch);
        }
    }

    private void Watch()
    {
        var idle = 0;
        while (true)
        {
            lock (_watch)
            {
                while (!_watching) Monitor.Wait(_watch);
                Monitor.Wait(_watch, PeriodMs);
            }

            EntrySlot? wake;
            lock (_gate)
            {
                var busy = false;
                foreach (var slot in _slots)
                {
                    if (slot.Isolate is not { Current: { Over: false } invocation } isolate) continue;
                    busy = true;
                    Inspect(slot, isolate, invocation);
                }

                idle = busy ? 0 : idle + 1;
                if (idle >= IdlePeriods) _watching = false;
                wake = TakeWakes();
            }

            WakeAll(wake);
        }
    }

    private void Inspect(EntrySlot slot, Isolate isolate, Invocation invocation)
    {
        if (invocation.Interrupting == InterruptReason.None)
        {
            var cpu = invocation.CpuMicroseconds + slot.Clock.Microseconds - slot.CpuBefore;
            if (invocation.Settlement is not null)
            {
                if (Stopwatch.GetTimestamp() - invocation.SettledAt > QuietTicks) invocation.Interrupting = InterruptReason.NotQuiet;
            }
            else if (cpu > invocation.Request.CpuMsMax * 1000L)
            {
                invocation.Interrupting = InterruptReason.Cpu;
            }
        }

        if (invocation.Interrupting != InterruptReason.None) isolate.Engine!.Interrupt();
        if (IsBusy(isolate) && isolate.Entries.Count > 0 && CanGrow(isolate, invocation)) MoveStarts(isolate);
    }

    // Place() decides; this only keeps it from being asked in vain every period.
    private static bool CanGrow(Isolate isolate, Invocation invocation) =>
        isolate.Version.Isolates.Count < invocation.Request.Isolates || isolate.Version.Isolates.Exists(other => other != isolate && !IsBusy(other) && !other.Retiring);
}
