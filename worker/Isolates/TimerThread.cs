using System.Diagnostics;

namespace Sandbox.Worker.Isolates;

/// <summary>Wakes invocations when their next timer is due. One entry per invocation, whatever a script asks for: its timers are kept in its own heap.</summary>
internal sealed class TimerThread
{
    private readonly object _gate = new();
    private readonly SortedSet<(long Due, long Invocation)> _due = [];
    private readonly Dictionary<long, (long Due, Invocation Invocation)> _byInvocation = [];
    private readonly Action<Invocation> _wake;

    public TimerThread(Action<Invocation> wake) => _wake = wake;

    public void Start() => new Thread(Run, 512 * 1024) { IsBackground = true, Name = "timers" }.Start();

    public void Set(Invocation invocation, double milliseconds)
    {
        var due = Stopwatch.GetTimestamp() + (long)(Math.Clamp(milliseconds, 0, int.MaxValue) * (Stopwatch.Frequency / 1000.0));
        lock (_gate)
        {
            Remove(invocation);
            _byInvocation[invocation.Id] = (due, invocation);
            _due.Add((due, invocation.Id));
            if (_due.Min.Invocation == invocation.Id) Monitor.Pulse(_gate);
        }
    }

    public void Clear(Invocation invocation)
    {
        lock (_gate) Remove(invocation);
    }

    private void Remove(Invocation invocation)
    {
        if (_byInvocation.Remove(invocation.Id, out var old)) _due.Remove((old.Due, invocation.Id));
    }

    private void Run()
    {
        while (true)
        {
            Invocation due;
            lock (_gate)
            {
                if (_due.Count == 0)
                {
                    Monitor.Wait(_gate);
                    continue;
                }

                var (at, id) = _due.Min;
                var wait = (at - Stopwatch.GetTimestamp()) * 1000.0 / Stopwatch.Frequency;
                if (wait > 0)
                {
                    Monitor.Wait(_gate, (int)Math.Min(Math.Ceiling(wait), int.MaxValue));
                    continue;
                }

                due = _byInvocation[id].Invocation;
                Remove(due);
            }

            _wake(due);
        }
    }
}
