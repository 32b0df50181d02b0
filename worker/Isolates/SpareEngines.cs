using Sandbox.Worker.Process;

namespace Sandbox.Worker.Isolates;

/// <summary>
/// Keeps one hardened isolate ready, and throws used ones away, on a thread of its own and of low priority: 60 to 90 ms of work
/// that no execution is to wait for.
/// </summary>
internal sealed class SpareEngines
{
    private const int Niceness = 5;
    private readonly object _gate = new();
    private readonly Queue<Action<HardenedEngine>> _waiting = new();
    private readonly Queue<long> _waitingSizes = new();
    private readonly Queue<HardenedEngine> _discarded = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HardenedEngine? _spare;
    private long _size = 64 * 1024 * 1024;

    /// <summary>Completed once the first spare is ready.</summary>
    public Task Ready => _ready.Task;

    public void Start() => new Thread(Run, 4 * 1024 * 1024) { IsBackground = true, Name = "spares" }.Start();

    /// <summary>The spare if it is ready and fits; else <paramref name="later"/> is called with one, on the spares' thread.</summary>
    public HardenedEngine? Take(long arrayBufferBytesMax, Action<HardenedEngine> later)
    {
        lock (_gate)
        {
            _size = arrayBufferBytesMax;
            var spare = _spare;
            if (spare is not null)
            {
                _spare = null;
                if (spare.ArrayBufferBytesMax != arrayBufferBytesMax)
                {
                    _discarded.Enqueue(spare);
                    spare = null;
                }
            }

            if (spare is null)
            {
                _waiting.Enqueue(later);
                _waitingSizes.Enqueue(arrayBufferBytesMax);
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
            HardenedEngine? discarded = null;
            Action<HardenedEngine>? later = null;
            long size;
            lock (_gate)
            {
                while (_waiting.Count == 0 && _spare is not null && _discarded.Count == 0) Monitor.Wait(_gate);
                size = _size;
                if (_waiting.TryDequeue(out later)) size = _waitingSizes.Dequeue();
                else _discarded.TryDequeue(out discarded);
            }

            if (discarded is not null)
            {
                discarded.Dispose();
                continue;
            }

            var engine = new HardenedEngine(size);
            if (later is not null)
            {
                later(engine);
                continue;
            }

            Keep(engine);
            _ready.TrySetResult();
        }
    }

    private void Keep(HardenedEngine engine)
    {
        Action<HardenedEngine>? later = null;
        lock (_gate)
        {
            // Someone came while it was made.
            if (_waiting.Count > 0 && _waitingSizes.Peek() == engine.ArrayBufferBytesMax)
            {
                later = _waiting.Dequeue();
                _waitingSizes.Dequeue();
            }
            else
            {
                _spare = engine;
            }
        }

        later?.Invoke(engine);
    }
}
