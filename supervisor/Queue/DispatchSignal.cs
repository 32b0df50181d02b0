namespace Sandbox.Supervisor.Queue;

/// <summary>Wakes the dispatcher of this node: work came, or a slot is free. Many at once are one.</summary>
internal sealed class DispatchSignal : IWorkSignal, IDisposable
{
    private readonly SemaphoreSlim _set = new(0, 1);

    public void Set()
    {
        try
        {
            if (_set.CurrentCount == 0) _set.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else set it just now.
        }
    }

    /// <summary>Returns when it is set, or after <paramref name="max"/>.</summary>
    public Task WaitAsync(TimeSpan max, CancellationToken cancellationToken) => _set.WaitAsync(max, cancellationToken);

    public void Dispose() => _set.Dispose();
}
