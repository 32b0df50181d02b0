namespace Sandbox.Supervisor.Rest;

/// <summary>Removes keys whose day is over.</summary>
internal sealed class IdempotencySweeper(IdempotencyStore store, TimeProvider time, ILogger<IdempotencySweeper> logger) : BackgroundService
{
    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await store.SweepAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // The database is away for a moment; what is expired is ignored until it is swept.
                HttpLog.SweepFailed(logger, e);
            }
        }
    }
}
