using Sandbox.Worker.Process;

namespace Sandbox.Worker.Isolates;

/// <summary>
/// Keeps a few hardened isolates ready, and throws used ones away, on a thread of its own and of low priority: 20 to 30 ms of work
/// each that no execution is to wait for. What was taken is made again when no script runs, the last one at once. There are as many as
/// were taken so far, at least one and at most three: a worker that serves one version needs no more.
/// </summary>
internal sealed class SpareEngines
{
    private const int Niceness = 5;
    private const int SparesMax = 3;
    private const int IdleLookMs = 10;

    private readonly object _gate = new();
    private readonly Queue<(long Size, Action<HardenedEngine> Give)> _waiting = new();
    private readonly Queue<HardenedEngine> _discarded = new();
    private readonly List<HardenedEngine> _spares = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<bool> _isIdle = static () => true;
    private int _taken;
    private long _size = 64 * 1024 * 1024;

    /// <summary>Completed once the first spare is ready.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Whether no script runs just now; asked while spares are missing.</summary>
    public Func<bool> IsIdle
    {
        set => _isIdle = value;
    }

    public void Start() => new Thread(Run, 4 * 1024 * 1024) { IsBackground = true, Name = "spares" }.Start();

    /// <summary>A spare that fits; where none is ready, <paramref name="later"/> is called with one, on the spares' thread.</summary>
    public HardenedEngine? Take(long arrayBufferBytesMax, Action<HardenedEngine> later)
    {
        lock (_gate)
        {
            _size = arrayBufferBytesMax;
            _taken++;
            var at = _spares.FindIndex(spare => spare.ArrayBufferBytesMax == arrayBufferBytesMax);
            HardenedEngine? spare = null;
            if (at >= 0)
            {
                spare = _spares[at];
                _spares.RemoveAt(at);
            }
            else
            {
                _waiting.Enqueue((arrayBufferBytesMax, later));
            }

            Monitor.Pulse(_gate);
            return spare;
        }
    }

    public void Discard(HardenedEngine engine)
    {
        lock (_gate)
        {
            _discarded.Enqueue(engine);
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        // The thread's own: setpriority(2), Linux differs from POSIX there. That it is refused changes nothing but latency.
        _ = Native.SetPriority(Native.PrioProcess, Native.GetTid(), Niceness);
        while (true)
        {
            var (work, size) = NextWork(out var discarded);
            if (discarded is not null)
            {
                discarded.Dispose();
                continue;
            }

            var engine = new HardenedEngine(size);
            if (work is not null) work(engine);
            else Keep(engine);
            _ready.TrySetResult();
        }
    }

    /// <summary>Who waits comes first, then the last spare, then what is thrown away, then further spares while no script runs.</summary>
    private (Action<HardenedEngine>? Give, long Size) NextWork(out HardenedEngine? discarded)
    {
        lock (_gate)
        {
            while (true)
            {
                discarded = null;
                if (_waiting.TryDequeue(out var waiter)) return (waiter.Give, waiter.Size);
                var fitting = _spares.Count(spare => spare.ArrayBufferBytesMax == _size);
                if (fitting == 0) return (null, _size);
                if (_discarded.TryDequeue(out discarded)) return (null, 0);
                var isMissing = fitting < Math.Clamp(_taken, 1, SparesMax);
                if (isMissing && _isIdle()) return (null, _size);
                Monitor.Wait(_gate, isMissing ? IdleLookMs : Timeout.Infinite);
            }
        }
    }

    private void Keep(HardenedEngine engine)
    {
        Action<HardenedEngine>? later = null;
        lock (_gate)
        {
            // Someone came while it was made.
            if (_waiting.TryPeek(out var waiter) && waiter.Size == engine.ArrayBufferBytesMax)
            {
                _waiting.Dequeue();
                later = waiter.Give;
            }
            else
            {
                // One of another size makes room for those that are asked for now.
                if (_spares.Count >= SparesMax && _spares.FindIndex(spare => spare.ArrayBufferBytesMax != _size) is >= 0 and var at)
                {
                    _discarded.Enqueue(_spares[at]);
                    _spares.RemoveAt(at);
                }

                _spares.Add(engine);
            }
        }

        later?.Invoke(engine);
    }
}
