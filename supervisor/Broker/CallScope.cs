namespace Sandbox.Supervisor.Broker;

/// <summary>
/// The right of one invocation to call: it ends with the invocation, at the moment that is known, and with it all that its calls hold.
/// </summary>
internal sealed class CallScope(ExecutionCalls execution) : IAsyncDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _gate = new();
    private readonly List<IAsyncDisposable> _held = [];
    private TaskCompletionSource? _quiet;
    private int _running;
    private bool _closed;

    public ExecutionCalls Execution { get; } = execution;

    /// <summary>Cancelled when the invocation has ended: what it asked for is given up.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>What calls of the invocation share and its end disposes of: one of each type.</summary>
    public T Hold<T>(Func<T> make) where T : class, IAsyncDisposable
    {
        lock (_gate)
        {
            foreach (var held in _held)
                if (held is T found) return found;
            var made = make();
            _held.Add(made);
            return made;
        }
    }

    /// <summary>False where the invocation has ended.</summary>
    /// <param name="isAlone">No other call of it is being carried out.</param>
    public bool TryEnter(out bool isAlone)
    {
        lock (_gate)
        {
            isAlone = _running == 0;
            if (_closed) return false;
            _running++;
            return true;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            if (--_running == 0) _quiet?.TrySetResult();
        }
    }

    /// <summary>From now on calls are refused, and those that run are given up.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
        }

        _ = _ended.CancelAsync();
    }

    /// <summary>Closes it and returns once nothing of it runs any more.</summary>
    public async ValueTask DisposeAsync()
    {
        Close();
        Task quiet;
        lock (_gate)
        {
            quiet = _running == 0 ? Task.CompletedTask : (_quiet = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await quiet;
        foreach (var held in _held) await held.DisposeAsync();
        _ended.Dispose();
    }
}
