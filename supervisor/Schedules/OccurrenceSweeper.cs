namespace Sandbox.Supervisor.Schedules;

/// <summary>Removes old occurrences.</summary>
internal sealed class OccurrenceSweeper(ScheduleTickStore store, TimeProvider time, ILogger<OccurrenceSweeper> logger) : BackgroundService
{
    private const int BatchMax = 5_000;
    private static readonly TimeSpan s_every = TimeSpan.FromHours(1);
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    /// <summary>One round, in small transactions.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await store.SweepAsync(time.GetUtcNow() - Kept, BatchMax, cancellationToken) == BatchMax)
        {
            // The next batch.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await RunAsync(stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    SchedulesLog.SweepFailed(logger, e);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on.
        }
    }
}
