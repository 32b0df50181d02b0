using System.Collections.Concurrent;

namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>
/// The one thread that starts workers. bubblewrap's <c>--die-with-parent</c> is PR_SET_PDEATHSIG, which follows the parent
/// <em>thread</em> (prctl(2)): a worker started from the thread pool dies when the pool retires that thread. This one ends with the launcher.
/// </summary>
internal sealed class StartThread : IDisposable
{
    private const int QueueMax = 256;

    private readonly BlockingCollection<Action> _queue = new(QueueMax);
    private readonly Thread _thread;

    public StartThread()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "worker start" };
        _thread.Start();
    }

    public Task<T> RunAsync<T>(Func<T> start)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var queued = _queue.TryAdd(() =>
        {
            try
            {
                done.SetResult(start());
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        });
        return queued ? done.Task : throw new LaunchException($"{QueueMax} workers are waiting to be started already.");
    }

    public void Dispose()
    {
        if (_queue.IsAddingCompleted) return;
        _queue.CompleteAdding();
        _thread.Join();
    }

    private void Run()
    {
        foreach (var start in _queue.GetConsumingEnumerable()) start();
    }
}
