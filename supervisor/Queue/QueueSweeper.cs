namespace Sandbox.Supervisor.Queue;

/// <summary>Removes keys of what was accepted once, and measures the queue for the metrics and the tenants' bound.</summary>
internal sealed class QueueSweeper(OnceKeyStore keys, QueueStore queue, QueueLevels levels, TimeProvider time, ILogger<QueueSweeper> logger) : BackgroundService
{
    /// <summary>A provider repeats an event for three days at most.</summary>
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(7);
    private static readonly TimeSpan s_measure = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_sweep = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_measure, time);
        var swept = time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    QueueMetrics.Depth(await queue.DepthAsync(stoppingToken));
                    levels.Measured(await queue.WaitingAsync(stoppingToken));
                    if (time.GetElapsedTime(swept) < s_sweep) continue;
                    swept = time.GetTimestamp();
                    await keys.SweepAsync(time.GetUtcNow() - s_kept, stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    QueueLog.RoundFailed(logger, e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The next start goes on.
        }
    }
}
