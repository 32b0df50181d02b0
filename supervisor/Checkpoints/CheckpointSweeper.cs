using Microsoft.Extensions.Options;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Checkpoints;

/// <summary>Removes checkpoints with the history of their executions.</summary>
internal sealed partial class CheckpointSweeper(CheckpointStore store, IOptions<DatabaseOptions> options, TimeProvider time, ILogger<CheckpointSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan s_every = TimeSpan.FromHours(1);
    private readonly ILogger _logger = logger;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await store.SweepAsync(time.GetUtcNow().AddDays(-options.Value.HistoryDays), stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                SweepFailed(e);
            }
        }
    }

    [LoggerMessage(4200, LogLevel.Warning, "Old checkpoints could not be removed; it is tried again within an hour")]
    private partial void SweepFailed(Exception exception);
}
