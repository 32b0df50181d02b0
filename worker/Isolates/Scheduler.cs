using System.Collections.Concurrent;
using System.Diagnostics;
using Sandbox.Protocol.Rpc;
using Sandbox.Worker.Logs;

namespace Sandbox.Worker.Isolates;

/// <summary>
/// Which invocation goes to which isolate, and which isolate to which thread. One lock guards it all, the entry to an isolate
/// included: whoever holds it knows who is in there, so an interrupt hits the invocation it is meant for and no other.
/// </summary>
internal sealed partial class Scheduler
{
    private const int IsolatesMax = 16;
    private const int VersionsMax = 64;
    private static readonly long BusyTicks = Stopwatch.Frequency / 50;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, Invocation> _invocations = [];
    private readonly Dictionary<string, ScriptVersion> _versions = new(StringComparer.Ordinal);
    private readonly List<Isolate> _isolates = [];
    private readonly Queue<Isolate> _ready = new();
    private readonly Stack<EntrySlot> _idle = new();
    private EntrySlot? _toWake;
    private readonly SpareEngines _spares;
    private readonly HostLink _link;
    private readonly TimerThread _timers;
    private readonly TimeProvider _time;

    public Scheduler(SpareEngines spares, HostLink link, TimeProvider time)
    {
        _spares = spares;
        _spares.IsIdle = IsIdle;
        _link = link;
        _time = time;
        _timers = new TimerThread(Wake);
        _timers.Start();
    }

    // Read without the lock: a glance that is wrong costs a spare some milliseconds.
    private bool IsIdle() => _invocations.Count == 0;

    public Task<InvocationResult> Execute(InvocationRequest request)
    {
        Invocation invocation;
        EntrySlot? wake;
        lock (_gate)
        {
            if (VersionOf(request) is not { } version) return Task.FromResult(new InvocationResult { Outcome = InvocationOutcome.SourceNeeded, Entered = false });
            invocation = new Invocation(request, version);
            if (!_invocations.TryAdd(invocation.Id, invocation)) return Task.FromResult(new InvocationResult { Outcome = InvocationOutcome.IsolateLost, Entered = false });
            Place(invocation);
            wake = TakeWakes();
        }

        WakeAll(wake);
        return invocation.Answer.Task;
    }

    /// <summary>Completes when there is an isolate for the version, or its making was given up.</summary>
    public Task PrepareAsync(InvocationRequest request)
    {
        lock (_gate)
        {
            if (VersionOf(request) is not { } version) return Task.CompletedTask;
            version.UsedAt = Stopwatch.GetTimestamp();
            var isolate = version.Isolates.Find(candidate => candidate.Fits(request)) ?? Create(version, request);
            isolate.UsedAt = version.UsedAt;
            return isolate.Engine is null ? isolate.Ready.Task : Task.CompletedTask;
        }
    }

    public void End(long id)
    {
        var answers = new List<(Invocation, InvocationResult)>(1);
        EntrySlot? wake;
        lock (_gate)
        {
            if (!_invocations.TryGetValue(id, out var invocation)) return;
            var isolate = invocation.Isolate!;
            if (isolate.Current == invocation)
            {
                // Asked again by the watchdog for as long as it holds the thread: an interrupt that comes before the script's first instruction is lost.
                if (invocation.Interrupting == InterruptReason.None) invocation.Interrupting = invocation.Settlement is null ? InterruptReason.Ended : InterruptReason.NotQuiet;
                isolate.Engine!.Interrupt();
                return;
            }

            Finish(invocation, invocation.Result(InvocationOutcome.Ended), answers);
            isolate.Retiring |= isolate.Alone;
            if (isolate.Retiring && isolate.Invocations.Count == 0) Remove(isolate);
            else if (invocation.Entered) Enqueue(isolate, new Entry(EntryKind.Drop, invocation));
            wake = TakeWakes();
        }

        WakeAll(wake);
        Answer(answers);
    }

    /// <summary>Hands the broker's answer to the script. Called on the input thread.</summary>
    public void Answered(long id, int call, CallAnswer answer)
    {
        EntrySlot? wake;
        lock (_gate)
        {
            if (!_invocations.TryGetValue(id, out var invocation) || invocation.Isolate is not { } isolate) return;
            (invocation.Answers ??= new ConcurrentQueue<(int, CallAnswer)>()).Enqueue((call, answer));
            if (invocation.AnswersQueued) return;
            invocation.AnswersQueued = true;
            Enqueue(isolate, new Entry(EntryKind.Answers, invocation));
            wake = TakeWakes();
        }

        WakeAll(wake);
    }

    /// <summary>The version, made known where the request brings its source; null where neither.</summary>
    private ScriptVersion? VersionOf(InvocationRequest request)
    {
        if (_versions.TryGetValue(request.VersionKey, out var version) || request.Source is null) return version;
        MakeRoomForVersion();
        version = new ScriptVersion(request.VersionKey, request.Source, request.InputSchema);
        _versions.Add(version.Key, version);
        return version;
    }

    /// <summary>Chooses an isolate, and queues the invocation's start there.</summary>
    private void Place(Invocation invocation)
    {
        var isolate = Choose(invocation) ?? Create(invocation.Version, invocation.Request);
        invocation.Isolate = isolate;
        isolate.Invocations.Add(invocation);
        isolate.UsedAt = invocation.Version.UsedAt = Stopwatch.GetTimestamp();
        Enqueue(isolate, new Entry(EntryKind.Start, invocation));
    }

    private static Isolate? Choose(Invocation invocation)
    {
        if (invocation.Request.Alone) return null;
        Isolate? best = null;
        var count = 0;
        foreach (var isolate in invocation.Version.Isolates)
        {
            if (!isolate.Fits(invocation.Request)) continue;
            count++;
            if (best is null || Rank(isolate) < Rank(best)) best = isolate;
        }

        return best is not null && (count >= invocation.Request.Isolates || !IsBusy(best)) ? best : null;
    }

    private static int Rank(Isolate isolate) => (IsBusy(isolate) ? 1 << 20 : 0) + isolate.Invocations.Count;

    private static bool IsBusy(Isolate isolate) => isolate.Current is not null && Stopwatch.GetTimestamp() - isolate.HeldSince >= BusyTicks;

    private Isolate Create(ScriptVersion version, InvocationRequest request)
    {
        Evict();
        var isolate = new Isolate(version, request);
        _isolates.Add(isolate);
        version.Isolates.Add(isolate);
        isolate.Engine = _spares.Take(isolate.ArrayBufferBytesMax, engine => Give(isolate, engine));
        isolate.Engine?.Admit(new HostCalls(this, isolate), isolate.HeapBytesMax);
        return isolate;
    }

    private void Give(Isolate isolate, HardenedEngine engine)
    {
        EntrySlot? wake;
        lock (_gate)
        {
            if (isolate.Retiring && isolate.Invocations.Count == 0)
            {
                _spares.Discard(engine);
                return;
            }

            engine.Admit(new HostCalls(this, isolate), isolate.HeapBytesMax);
            isolate.Engine = engine;
            Schedule(isolate);
            isolate.Ready.TrySetResult();
            wake = TakeWakes();
        }

        WakeAll(wake);
    }

    /// <summary>Throws away the isolate that was used longest ago, never one with a live invocation.</summary>
    private void Evict()
    {
        while (_isolates.Count >= IsolatesMax)
        {
            // One that is yet to be made was asked for, and is used at once.
            var oldest = _isolates.Where(isolate => isolate.Invocations.Count == 0 && isolate.Current is null && isolate.Engine is not null).MinBy(isolate => isolate.UsedAt);
            if (oldest is null) return;
            Remove(oldest);
        }
    }

    private void MakeRoomForVersion()
    {
        if (_versions.Count < VersionsMax) return;
        var oldest = _versions.Values.Where(version => version.Isolates.Count == 0).MinBy(version => version.UsedAt);
        if (oldest is not null) _versions.Remove(oldest.Key);
    }

    private void Remove(Isolate isolate)
    {
        isolate.Retiring = true;
        _isolates.Remove(isolate);
        isolate.Version.Isolates.Remove(isolate);
        isolate.Ready.TrySetResult();
        if (isolate.Engine is null || isolate.Current is not null) return;
        _spares.Discard(isolate.Engine);
        isolate.Engine = null;
    }

    private void Enqueue(Isolate isolate, Entry entry)
    {
        isolate.Entries.Enqueue(entry);
        Schedule(isolate);
    }

    private void Schedule(Isolate isolate)
    {
        if (isolate.Scheduled || isolate.Engine is null || isolate.Entries.Count == 0) return;
        isolate.Scheduled = true;
        _ready.Enqueue(isolate);
        // Woken once the lock is left: it would only wait for that.
        if (!_idle.TryPop(out var slot)) return;
        slot.NextToWake = _toWake;
        _toWake = slot;
    }

    private void Wake(Invocation invocation)
    {
        EntrySlot? wake;
        lock (_gate)
        {
            if (invocation.Over || invocation.Isolate is not { } isolate) return;
            Enqueue(isolate, new Entry(EntryKind.Wake, invocation));
            wake = TakeWakes();
        }

        WakeAll(wake);
    }

    private void Finish(Invocation invocation, InvocationResult result, List<(Invocation, InvocationResult)> answers)
    {
        if (invocation.Over) return;
        invocation.Over = true;
        _invocations.Remove(invocation.Id);
        invocation.Isolate!.Invocations.Remove(invocation);
        _timers.Clear(invocation);
        answers.Add((invocation, result));
    }

    private void Answer(List<(Invocation Invocation, InvocationResult Result)> answers)
    {
        foreach (var (invocation, result) in answers) _link.Answer(invocation, result);
    }

}
