using Microsoft.Extensions.Options;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Figures;

/// <summary>Folds stale hours a while after they are over, and removes figures that are older than the history.</summary>
internal sealed class HourFolder(HourFoldStore store, IOptions<DatabaseOptions> options, TimeProvider time, ILogger<HourFolder> logger) : BackgroundService
{
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(30);

    /// <summary>One round.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        while (await store.FoldAsync(Hours.Of(now), cancellationToken))
        {
        }

        await store.SweepAsync(now.AddDays(-options.Value.HistoryDays), cancellationToken);
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
                FiguresLog.FoldFailed(logger, e, s_every.TotalSeconds);
            }
        }
    }
}
