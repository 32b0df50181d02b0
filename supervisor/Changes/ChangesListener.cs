using Npgsql;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Changes;

/// <summary>Tells the feed when to read: at each notification, on a connection of its own, and every second in case one is lost.</summary>
internal sealed class ChangesListener(Db db, ChangesFeed feed, ChangeStore store, TimeProvider time, ILogger<ChangesListener> logger) : BackgroundService
{
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_sweep = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_kept = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(ListenAsync(stoppingToken), EveryAsync(s_poll, feed.CatchUpAsync, stoppingToken), EveryAsync(s_sweep, cancel => store.SweepAsync(s_kept, cancel), stoppingToken));

    private async Task ListenAsync(CancellationToken stoppingToken)
    {
        for (var first = true; !stoppingToken.IsCancellationRequested; first = false)
        {
            var listening = false;
            try
            {
                await using var connection = await db.OpenForListeningAsync(stoppingToken);
                await using (var listen = new NpgsqlCommand("listen sandbox_changes", connection)) await listen.ExecuteNonQueryAsync(stoppingToken);
                listening = true;

                // Nothing was heard until now.
                if (first) await feed.CatchUpAsync(stoppingToken);
                else await feed.ReloadAsync(stoppingToken);
                while (true)
                {
                    await connection.WaitAsync(stoppingToken);
                    await feed.CatchUpAsync(stoppingToken);
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                ChangesLog.ListeningEnded(logger, e);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            // A connection that ended is made anew at once; one that cannot be made is waited for.
            if (!listening) await Task.Delay(s_poll, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task EveryAsync(TimeSpan pause, Func<CancellationToken, Task> work, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(pause, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await work(stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    ChangesLog.RoundFailed(logger, e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The next start reads everything.
        }
    }
}
