using Microsoft.Extensions.Options;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Errors;

/// <summary>Keeps 1,000 groups of a tenant, none longer than the history of its last failure.</summary>
internal sealed class ErrorSweeper(
    ErrorSweepStore store, IOptions<DatabaseOptions> options, TimeProvider time, ILogger<ErrorSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var now = time.GetUtcNow();
                await store.SweepAsync(now.AddDays(-options.Value.HistoryDays), now - ErrorService.Trend, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                ErrorsLog.SweepFailed(logger, e, s_every.TotalMinutes);
            }
        }
    }
}
