namespace Sandbox.Supervisor.Executions;

/// <summary>How many may run at once; the rest wait in order. The limit may change from one call to the next.</summary>
internal sealed class ConcurrencyGate
{
    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = new();
    private int _running;
    private int _limit;

    /// <summary>True where the caller may run at once.</summary>
    public bool TryEnter(int limit)
    {
        lock (_gate)
        {
            _limit = limit;
            if (_running >= limit || _waiting.Count > 0) return false;
            _running++;
            return true;
        }
    }

    /// <summary>Waits its turn. False where the token was cancelled first.</summary>
    public async Task<bool> EnterAsync(int limit, CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (_gate)
        {
            _limit = limit;
            if (_running < limit && _waiting.Count == 0)
            {
                _running++;
                return true;
            }

            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.AddLast(turn);
        }

        try
        {
            await turn.Task.WaitAsync(cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                if (_waiting.Remove(turn)) return false;
            }

            // Its turn came together with the cancellation: pass it on.
            Exit();
            return false;
        }
    }

    public void Exit()
    {
        lock (_gate)
        {
            _running--;
            while (_running < _limit && _waiting.First is { } next)
            {
                _waiting.RemoveFirst();
                _running++;
                next.Value.SetResult();
            }
        }
    }
}
