namespace Sandbox.Supervisor.Database;

/// <summary>
/// Keeps our PostgreSQL running: where it ends without us it is started again, after a <see cref="RestartPause"/>. The socket stays the
/// same, so connection strings do too.
/// </summary>
internal sealed class EmbeddedPostgresRestarts : IAsyncDisposable
{
    private readonly Func<CancellationToken, Task<EmbeddedPostgres>> _start;
    private readonly Action _started;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;
    private EmbeddedPostgres _current;
    private int _disposed;

    /// <param name="first">Runs; it is ours to stop from now on.</param>
    /// <param name="start">Starts it on the same cluster.</param>
    /// <param name="started">Called when it was started again and takes connections.</param>
    public EmbeddedPostgresRestarts(EmbeddedPostgres first, Func<CancellationToken, Task<EmbeddedPostgres>> start, Action started, ILogger logger, TimeProvider time)
    {
        (_current, _start, _started, _logger, _time) = (first, start, started, logger, time);
        _loop = KeepAsync(_stopping.Token);
    }

    /// <summary>False from its end until it takes connections again.</summary>
    public bool IsRunning => !Volatile.Read(ref _current).Exit.IsCompleted;

    /// <summary>Ends the restarts first, then PostgreSQL.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) await _stopping.CancelAsync();
        await _loop;
        await _current.DisposeAsync();
    }

    private async Task KeepAsync(CancellationToken stopping)
    {
        var pause = new RestartPause();
        var since = _time.GetTimestamp();
        try
        {
            while (true)
            {
                await _current.Exit.WaitAsync(stopping);
                var alive = _time.GetElapsedTime(since);
                do
                {
                    await Task.Delay(pause.After(alive), _time, stopping);
                    alive = TimeSpan.Zero;
                }
                while (!await TryStartAsync(pause.Following, stopping));

                since = _time.GetTimestamp();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // DisposeAsync stops the one that runs.
        }
    }

    private async Task<bool> TryStartAsync(TimeSpan nextPause, CancellationToken stopping)
    {
        try
        {
            // The one before has ended: there is nothing of it to stop.
            Volatile.Write(ref _current, await _start(stopping));
            _started();
            _logger.PostgresRestarted();
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            // Whatever it was (a full disk, a file that is gone) may be mended while we run, so it is tried for ever.
            _logger.PostgresNotRestarted(nextPause.TotalSeconds, e.Message);
            return false;
        }
    }
}
