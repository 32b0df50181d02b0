using Microsoft.Extensions.Options;

namespace Sandbox.Supervisor.Alerts;

/// <summary>Runs the rounds, sends what they tell, and sweeps: each on its own, so that a slow channel holds up no round.</summary>
internal sealed class AlertWork(
    AlertRounds rounds, AlertDeliveries deliveries, AlertDeliveryStore store, IOptions<AlertOptions> options, TimeProvider time, ILogger<AlertWork> logger) : BackgroundService
{
    private static readonly TimeSpan s_sending = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_sweep = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        EveryAsync(TimeSpan.FromMilliseconds(options.Value.RoundMs), RoundsAsync(), AlertsLog.RoundFailed, stoppingToken),
        EveryAsync(s_sending, deliveries.RunAsync, AlertsLog.SendingFailed, stoppingToken),
        EveryAsync(s_sweep, SweepAsync, AlertsLog.RoundFailed, stoppingToken));

    private Func<CancellationToken, Task<bool>> RoundsAsync()
    {
        var round = 0;
        return cancellationToken => rounds.RunAsync(looksForStanding: round++ % options.Value.StandingEvery == 0, cancellationToken);
    }

    private async Task<bool> SweepAsync(CancellationToken cancellationToken)
    {
        await store.SweepAsync(time.GetUtcNow() - TimeSpan.FromDays(options.Value.KeptDays), cancellationToken);
        return false;
    }

    /// <param name="run">Whether it is to run again at once.</param>
    private async Task EveryAsync(TimeSpan pause, Func<CancellationToken, Task<bool>> run, Action<ILogger, Exception> failed, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested) return;
            try
            {
                while (await run(cancellationToken)) continue;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                failed(logger, e);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
