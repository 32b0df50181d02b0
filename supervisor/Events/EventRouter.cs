using Sandbox.Supervisor.Queue;

namespace Sandbox.Supervisor.Events;

/// <summary>Makes a delivery and an execution of every event for every script that listens to it.</summary>
internal sealed class EventRouter(
    RoutingStore store, RouterSignal signal, NewWork work, TimeProvider time, ILogger<EventRouter> logger) : BackgroundService
{
    private const int BatchMax = 500;

    /// <summary>Stands in for a signal that was not heard.</summary>
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await RouteAsync(stoppingToken) == BatchMax)
                {
                    // A full batch may have left more.
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                EventsLog.RoutingFailed(logger, e);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await signal.WaitAsync(s_poll, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>How many events were routed.</summary>
    private async Task<int> RouteAsync(CancellationToken cancellationToken)
    {
        var routed = await store.RouteAsync(
            BatchMax, (events, subscriptions) => Deliveries.Of(events, subscriptions, time.GetUtcNow()), cancellationToken);
        if (routed is null) return 0;
        if (routed.Deliveries > 0) work.Tell();
        EventsMetrics.Routed(routed.Events, time.GetUtcNow());
        return routed.Events.Count;
    }
}
