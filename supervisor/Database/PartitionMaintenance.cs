using Microsoft.Extensions.Options;
using Npgsql;

namespace Sandbox.Supervisor.Database;

/// <summary>Keeps the days ahead there and drops those that are over their time.</summary>
internal sealed class PartitionMaintenance(Db db, IOptions<DatabaseOptions> options, ILogger<PartitionMaintenance> logger, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(30);

    /// <summary>One round.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        await Partitions.MakeAsync(connection, now, cancellationToken);
        var dropped = await Partitions.DropAsync(connection, DateOnly.FromDateTime(now.UtcDateTime).AddDays(-options.Value.HistoryDays), cancellationToken);
        if (dropped > 0)
            logger.PartitionsDropped(dropped, options.Value.HistoryDays);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                try
                {
                    await RunAsync(stoppingToken);
                }
                catch (NpgsqlException e)
                {
                    logger.PartitionsFailed(e, Interval.TotalMinutes);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Nothing is left undone that the next start does not do.
        }
    }
}
