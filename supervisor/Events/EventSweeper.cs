namespace Sandbox.Supervisor.Events;

/// <summary>Removes events that nobody listened to after 7 days, and others 30 days after the last of their deliveries was final.</summary>
internal sealed class EventSweeper(EventSweepStore store, TimeProvider time, ILogger<EventSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan s_every = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_unheard = TimeSpan.FromDays(7);
    private static readonly TimeSpan s_delivered = TimeSpan.FromDays(30);

    /// <summary>One round.</summary>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return store.SweepAsync(now - s_unheard, now - s_delivered, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                EventsLog.SweepFailed(logger, e);
            }
        }
    }
}
