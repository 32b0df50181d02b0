using System.Diagnostics;

namespace Sandbox.Worker.Isolates;

/// <summary>Wakes attempts when their next timer is due. One entry per attempt, whatever a script asks for: its timers are kept in its own heap.</summary>
internal sealed class TimerThread
{
    private readonly object _gate = new();
    private readonly SortedSet<(long Due, long Attempt)> _due = [];
    private readonly Dictionary<long, (long Due, Attempt Attempt)> _byAttempt = [];
    private readonly Action<Attempt> _wake;

    public TimerThread(Action<Attempt> wake) => _wake = wake;

    public void Start() => new Thread(Run, 512 * 1024) { IsBackground = true, Name = "timers" }.Start();

    public void Set(Attempt attempt, double milliseconds)
    {
        var due = Stopwatch.GetTimestamp() + (long)(Math.Clamp(milliseconds, 0, int.MaxValue) * (Stopwatch.Frequency / 1000.0));
        lock (_gate)
        {
            Remove(attempt);
            _byAttempt[attempt.Id] = (due, attempt);
            _due.Add((due, attempt.Id));
            if (_due.Min.Attempt == attempt.Id) Monitor.Pulse(_gate);
        }
    }

    public void Clear(Attempt attempt)
    {
        lock (_gate) Remove(attempt);
    }

    private void Remove(Attempt attempt)
    {
        if (_byAttempt.Remove(attempt.Id, out var old)) _due.Remove((old.Due, attempt.Id));
    }

    private void Run()
    {
        while (true)
        {
            Attempt due;
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

                due = _byAttempt[id].Attempt;
                Remove(due);
            }

            _wake(due);
        }
    }
}
