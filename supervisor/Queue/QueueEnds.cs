using System.Threading.Channels;
using Npgsql;
using Sandbox.Supervisor.History;

namespace Sandbox.Supervisor.Queue;

/// <summary>Settles the ends of attempts, those that come together in one transaction. A database that is away delays them; it loses none.</summary>
internal sealed class QueueEnds(QueueEndStore store, HistoryStore history, DispatchSignal signal, TimeProvider time, ILogger<QueueEnds> logger) : BackgroundService
{
    private const int BatchMax = 500;
    private static readonly TimeSpan s_backOffMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_backOffMax = TimeSpan.FromSeconds(2);

    /// <summary>What the database has to take the rest when we stop. What it does not take, others find when this node's lease has run out.</summary>
    private static readonly TimeSpan s_lastChance = TimeSpan.FromSeconds(10);

    // Bounded by what is in flight: everyone that adds an end waits for it.
    private readonly Channel<Waiting> _ends = Channel.CreateUnbounded<Waiting>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _givingUp = new();

    private sealed record Waiting(QueueEnd End, TaskCompletionSource<bool> Settled);

    /// <summary>Completes once the end is committed. False: the attempt had another owner by then, and this end changed nothing.</summary>
    public Task<bool> SettleAsync(QueueEnd end)
    {
        var settled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_ends.Writer.TryWrite(new Waiting(end, settled))) settled.SetResult(false);
        return settled.Task;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _givingUp.CancelAfter(s_lastChance);
        _ends.Writer.TryComplete();
        if (ExecuteTask is { } task) await task.WaitAsync(CancellationToken.None);
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        _givingUp.Dispose();
    }

    // Not the host's token: it ends when nobody adds an end any more.
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var batch = new List<Waiting>();
        while (await _ends.Reader.WaitToReadAsync(CancellationToken.None))
        {
            batch.Clear();
            while (batch.Count < BatchMax && _ends.Reader.TryRead(out var end)) batch.Add(end);
            await StoreAsync(batch, note: null);
        }
    }

    private async Task StoreAsync(IReadOnlyList<Waiting> batch, string? note)
    {
        var madePartitions = false;
        for (var backOff = s_backOffMin; ; backOff = backOff * 2 < s_backOffMax ? backOff * 2 : s_backOffMax)
        {
            try
            {
                var taken = await store.SettleAsync([.. batch.Select(waiting => waiting.End)], note, _givingUp.Token);
                foreach (var (end, settled) in batch) settled.SetResult(taken.Contains(end.Item.ExecutionId));
                if (batch.Any(waiting => waiting.End.Next is not null)) signal.Set();
                return;
            }
            catch (Exception e) when (HistoryDelivery.IsMissingPartition(e) && !madePartitions)
            {
                madePartitions = true;
                await MakePartitionsAsync(batch);
            }
            catch (Exception e) when (HistoryDelivery.IsOfTheRecords(e) && batch.Count > 1)
            {
                var half = batch.Count / 2;
                await StoreAsync([.. batch.Take(half)], note);
                await StoreAsync([.. batch.Skip(half)], note);
                return;
            }
            catch (Exception e) when (HistoryDelivery.IsOfTheRecords(e) && note is null)
            {
                QueueLog.StoredWithoutPayload(logger, e, batch[0].End.Item.ExecutionId);
                note = $"Input, output, logs and calls are left out: the database refused them ({HistoryDelivery.Reason(e)}).";
            }
            catch (PostgresException e) when (!e.IsTransient && batch.Count > 1)
            {
                // Whatever the database has against one of them, the others do not wait for it.
                QueueLog.CannotSettle(logger, e, batch.Count, 0);
                var half = batch.Count / 2;
                await StoreAsync([.. batch.Take(half)], note);
                await StoreAsync([.. batch.Skip(half)], note);
                return;
            }
            catch (PostgresException e) when (!e.IsTransient && !_givingUp.IsCancellationRequested)
            {
                QueueLog.CannotSettle(logger, e, batch.Count, s_backOffMax.TotalSeconds);
                _ = AgainAsync(batch[0]);
                return;
            }
            catch (Exception e) when (_givingUp.IsCancellationRequested)
            {
                QueueLog.LeftToOthers(logger, e, batch.Count);
                foreach (var waiting in batch) waiting.Settled.SetResult(false);
                return;
            }
            catch (Exception e)
            {
                QueueLog.CannotSettle(logger, e, batch.Count, backOff.TotalSeconds);
                await Task.Delay(backOff, time, _givingUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Tries one later, behind those that came meanwhile.</summary>
    private async Task AgainAsync(Waiting waiting)
    {
        await Task.Delay(s_backOffMax, time, _givingUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_ends.Writer.TryWrite(waiting)) waiting.Settled.SetResult(false);
    }

    private async Task MakePartitionsAsync(IReadOnlyList<Waiting> batch)
    {
        try
        {
            await history.MakePartitionsAsync(batch.Select(waiting => waiting.End.Record), _givingUp.Token);
        }
        catch (NpgsqlException e)
        {
            QueueLog.CannotSettle(logger, e, batch.Count, 0);
        }
    }
}
