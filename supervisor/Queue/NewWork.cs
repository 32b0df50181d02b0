namespace Sandbox.Supervisor.Queue;

/// <summary>
/// Says that work came: to this node at once, to the others a moment later. A notification takes a lock of the whole database at its commit,
/// so those of a moment are one.
/// </summary>
internal sealed class NewWork(DispatchSignal signal, QueueStore store, TimeProvider time, ILogger<NewWork> logger) : BackgroundService
{
    private static readonly TimeSpan s_linger = TimeSpan.FromMilliseconds(20);
    private readonly SemaphoreSlim _others = new(0, 1);

    public void Tell()
    {
        signal.Set();
        try
        {
            if (_others.CurrentCount == 0) _others.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else told it just now.
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _others.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _others.WaitAsync(stoppingToken);
                await Task.Delay(s_linger, time, stoppingToken);
                try
                {
                    await store.NotifyAsync("", stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    // They poll.
                    QueueLog.RoundFailed(logger, e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody needs to be told any more.
        }
    }
}
