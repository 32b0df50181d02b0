using Npgsql;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Executions;

namespace Sandbox.Supervisor.Queue;

/// <summary>Hears from other nodes, and from the database's own functions, that work came or that something is to be cancelled. Polls and the heartbeat stand in for what is not heard.</summary>
internal sealed class QueueListener(Db db, IEnumerable<IWorkSignal> signals, Node node, QueueStore store, InFlight inFlight, TimeProvider time, ILogger<QueueListener> logger) : BackgroundService
{
    /// <summary>The notification that a running execution is to be cancelled; any other one says that work came.</summary>
    public const string Cancel = "cancel";

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                QueueLog.ListeningEnded(logger, e);
                await Task.Delay(s_pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync(CancellationToken stoppingToken)
    {
        await using var connection = await db.OpenForListeningAsync(stoppingToken);
        var cancel = false;
        connection.Notification += (_, notification) => cancel |= notification.Payload == Cancel;
        await using (var listen = new NpgsqlCommand("listen sandbox_queue", connection)) await listen.ExecuteNonQueryAsync(stoppingToken);
        SetAll();
        while (true)
        {
            await connection.WaitAsync(stoppingToken);
            SetAll();
            if (!cancel || node.Id is not { } id) continue;
            cancel = false;
            foreach (var (tenantId, execution) in await store.ToCancelAsync(id, inFlight.Durable(), stoppingToken)) inFlight.Find(tenantId, execution)?.End(EndReason.Cancelled);
        }
    }

    private void SetAll()
    {
        foreach (var signal in signals) signal.Set();
    }
}
