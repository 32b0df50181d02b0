using Npgsql;
using Sandbox.Supervisor.Queue;

namespace Sandbox.Supervisor.Events;

/// <summary>Makes a delivery and an execution of every event for every script that listens to it.</summary>
internal sealed class EventRouter(
    RoutingStore store, RouterSignal signal, NewWork work, TimeProvider time, ILogger<EventRouter> logger) : BackgroundService
{
    private const int BatchMax = 500;

    /// <summary>Stands in for a signal that was not heard.</summary>
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);

    private int _take = BatchMax;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // A full batch may have left more.
                while (await RouteAsync(_take, stoppingToken) == _take) _take = Math.Min(BatchMax, _take * 2);
                _take = BatchMax;
            }
            catch (PostgresException e) when (!e.IsTransient && !stoppingToken.IsCancellationRequested)
            {
                EventsLog.RoutingFailed(logger, e);
                await RefusedAsync(stoppingToken);
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

    /// <summary>The database refuses the batch: what is good in it is routed by smaller ones, and the one that is not is put aside, so that it holds up nobody.</summary>
    private async Task RefusedAsync(CancellationToken cancellationToken)
    {
        if (_take > 1)
        {
            _take = Math.Max(1, _take / 4);
            signal.Set();
            return;
        }

        if (await store.SetAsideAsync(cancellationToken) is { } id) EventsLog.SetAside(logger, id);
        _take = BatchMax;
        signal.Set();
    }

    /// <summary>How many events were routed.</summary>
    private async Task<int> RouteAsync(int take, CancellationToken cancellationToken)
    {
        var routed = await store.RouteAsync(
            take, (events, subscriptions) => Deliveries.Of(events, subscriptions, time.GetUtcNow()), cancellationToken);
        if (routed is null) return 0;
        if (routed.Deliveries > 0) work.Tell();
        EventsMetrics.Routed(routed.Events, time.GetUtcNow());
        return routed.Events.Count;
    }
}
