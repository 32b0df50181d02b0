using Microsoft.Extensions.Options;
using Sandbox.Supervisor.Executions;

namespace Sandbox.Supervisor.Queue;

/// <summary>
/// Keeps this node's lease, ends what it runs where the lease is lost, and takes over the work of nodes that died.
/// Lease and heartbeat are by the database's clock; that the lease was lost is told by our own, earlier.
/// </summary>
internal sealed class NodeLease(
    Node node, NodeStore store, NodeFile file, Takeover takeover, InFlight inFlight, QueueStore queue, DispatchSignal signal,
    IOptions<QueueOptions> options, TimeProvider time, ILogger<NodeLease> logger) : BackgroundService
{
    private TimeSpan Lease => options.Value.Lease;

    /// <summary>What runs is ended by then, and has the rest of the lease to be gone.</summary>
    private TimeSpan Holds => Lease * 0.7;

    private TimeSpan Beat => Lease / 5;

    private Guid? _previous;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _previous = file.Read();
        return base.StartAsync(cancellationToken);
    }

    /// <summary>The last of all: nothing is in hand any more, or never will be settled by us.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (node.Id is not { } id) return;
        node.Lost();
        try
        {
            await store.RemoveAsync(id, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(3), time, CancellationToken.None);
        }
        catch (Exception e)
        {
            QueueLog.NotRenewed(logger, e);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, time);
        try
        {
            do
            {
                try
                {
                    await BeatAsync(stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    QueueLog.NotRenewed(logger, e);
                    EndWhereLost();
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // StopAsync removes the node.
        }
    }

    private async Task BeatAsync(CancellationToken stoppingToken)
    {
        var from = time.GetTimestamp();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        patience.CancelAfter(Beat);
        if (node.Id is not { } id)
        {
            id = Guid.CreateVersion7(time.GetUtcNow());
            // On disk first: a node that nobody knows could not be declared dead before its time.
            file.Write(id);
            await store.RegisterAsync(id, Environment.MachineName, Lease, patience.Token);
            node.Renewed(id, from, Holds);
            signal.Set();
        }
        else if (await store.RenewAsync(id, Lease, patience.Token))
        {
            node.Renewed(id, from, Holds);
        }
        else
        {
            node.Lost();
            EndWhereLost();
            return;
        }

        foreach (var (tenantId, execution) in await queue.ToCancelAsync(id, inFlight.Durable(), patience.Token)) inFlight.Find(tenantId, execution)?.End(EndReason.Cancelled);
        await takeover.RunAsync(_previous == id ? null : _previous, stoppingToken);
        _previous = null;
    }

    private void EndWhereLost()
    {
        if (node.HoldsLease) return;
        var ended = inFlight.EndDurable();
        if (ended > 0) QueueLog.LeaseLost(logger, ended);
    }
}
