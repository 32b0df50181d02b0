namespace Sandbox.Supervisor.Executions;

/// <summary>
/// How many may run at once, by script or tenant; the rest wait in order. The limit may change from one call to the next. A gate exists
/// while somebody runs or waits in it: one lock guards them all, so none is removed while another caller enters it.
/// </summary>
internal sealed class ConcurrencyGates
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Gate> _gates = [];

    private sealed class Gate
    {
        public int Running { get; set; }
        public int Limit { get; set; }
        public LinkedList<TaskCompletionSource> Waiting { get; } = new();
    }

    /// <summary>Gates that somebody runs or waits in.</summary>
    public int Count
    {
        get { lock (_lock) return _gates.Count; }
    }

    /// <summary>How many may enter now, beside those that wait already.</summary>
    public int Free(Guid key, int limit)
    {
        lock (_lock) return _gates.TryGetValue(key, out var gate) ? Math.Max(0, limit - gate.Running - gate.Waiting.Count) : limit;
    }

    /// <summary>True where the caller may run at once.</summary>
    public bool TryEnter(Guid key, int limit)
    {
        lock (_lock) return Enter(key, limit) is null;
    }

    /// <summary>Waits its turn. False where the token was cancelled first.</summary>
    public async Task<bool> EnterAsync(Guid key, int limit, CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource> turn;
        lock (_lock)
        {
            if (Enter(key, limit) is not { } full) return true;
            turn = full.Waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            // A limit of none leaves a gate without anyone in it.
            _gates[key] = full;
        }

        try
        {
            await turn.Value.Task.WaitAsync(cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                if (turn.List is { } waiting)
                {
                    waiting.Remove(turn);
                    RemoveIfEmpty(key);
                    return false;
                }
            }

            // Its turn came together with the cancellation: pass it on.
            Exit(key);
            return false;
        }
    }

    public void Exit(Guid key)
    {
        lock (_lock)
        {
            var gate = _gates[key];
            gate.Running--;
            while (gate.Running < gate.Limit && gate.Waiting.First is { } next)
            {
                gate.Waiting.RemoveFirst();
                gate.Running++;
                next.Value.SetResult();
            }

            RemoveIfEmpty(key);
        }
    }

    /// <summary>Null where the caller is in; else the gate, which is full.</summary>
    private Gate? Enter(Guid key, int limit)
    {
        var gate = _gates.TryGetValue(key, out var existing) ? existing : new Gate();
        gate.Limit = limit;
        if (gate.Running >= limit || gate.Waiting.Count > 0) return gate;
        gate.Running++;
        _gates[key] = gate;
        return null;
    }

    private void RemoveIfEmpty(Guid key)
    {
        if (_gates[key] is { Running: 0, Waiting.Count: 0 }) _gates.Remove(key);
    }
}
