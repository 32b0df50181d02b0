using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.History;

/// <summary>
/// The record of what ran: journal first, then rows in batches, at most 250 ms later. A database that is down delays rows and,
/// once the backlog is full, the callers; it loses nothing.
/// </summary>
internal sealed class HistoryWriter(HistoryDelivery delivery, Journal journal, HistoryRecovery recovery, IOptions<DatabaseOptions> options, ILogger<HistoryWriter> logger, TimeProvider time)
    : BackgroundService
{
    private const long BacklogBytesMax = 256L * 1024 * 1024;

    /// <summary>What a row waits for others to come with it; with the storing itself well within 250 ms.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(60);

    /// <summary>What the database has to take the rest when we stop; what it does not is in the journal.</summary>
    private static readonly TimeSpan LastChance = TimeSpan.FromSeconds(10);

    private readonly HistoryBacklog _backlog = new(options.Value.BacklogRecords, BacklogBytesMax);
    private readonly ConcurrentDictionary<Guid, ExecutionRecord> _buffered = new();
    private readonly CancellationTokenSource _givingUp = new();

    /// <summary>The batch in hand: taken from the backlog, not known to be stored.</summary>
    private List<HistoryBacklog.Entry> _inHand = [];

    /// <summary>Finished executions that are not in the database yet.</summary>
    public int Backlog => _backlog.Count;

    /// <summary>Why nothing is stored just now, for readiness; null: it is.</summary>
    public string? Problem => delivery.Problem;

    /// <summary>Returns once the wait for a slot, or the start, is in the journal. The later of both counts.</summary>
    /// <exception cref="IOException">It could not be written; the execution must not run.</exception>
    public void Started(Execution execution, Guid versionId, RecordPolicy policy) => journal.Started(new ExecutionRecord(execution, versionId, policy, []));

    /// <summary>Completes once the end is in the journal and there is room in the backlog. Cancelling gives up the waiting, never the record.</summary>
    public ValueTask FinishedAsync(ExecutionRecord record, CancellationToken cancellationToken)
    {
        Journal.Ticket ticket;
        try
        {
            ticket = journal.Finished(record);
        }
        catch (IOException e)
        {
            // A full disk, most likely. The row is on its way all the same.
            logger.NotJournaled(e, record.Execution.Id);
            ticket = journal.TicketOfStart(record.Execution.Id);
        }

        _buffered[record.Execution.Id] = record.AsKept();
        return _backlog.AddAsync(new HistoryBacklog.Entry(record, ticket, HistoryBacklog.BytesOf(record)), cancellationToken);
    }

    /// <summary>What is not stored yet.</summary>
    public ExecutionRecord? FindBuffered(Guid tenantId, Guid id) =>
        _buffered.TryGetValue(id, out var record) && record.Execution.TenantId == tenantId ? record : null;

    /// <summary>All of a tenant's that are not stored yet, in no order.</summary>
    public IEnumerable<ExecutionRecord> Buffered(Guid tenantId) => _buffered.Values.Where(record => record.Execution.TenantId == tenantId);

    /// <summary>At start, before anything is served: what an earlier process left in the journal becomes rows.</summary>
    public Task RecoverAsync(CancellationToken cancellationToken) => recovery.RunAsync(cancellationToken);

    /// <summary>Once nobody finishes anything any more: what is buffered is stored, or left to the journal where the database does not take it in time.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _givingUp.CancelAfter(LastChance);
        await base.StopAsync(CancellationToken.None);
        try
        {
            while (await StoreBatchAsync())
            {
            }
        }
        catch (OperationCanceledException)
        {
            logger.LeftInJournal(_backlog.Count);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _givingUp.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await _backlog.WaitAsync(Linger, time, stoppingToken);
                await StoreBatchAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // StopAsync stores the rest.
        }
    }

    private async Task<bool> StoreBatchAsync()
    {
        if (_inHand.Count == 0)
            _inHand = _backlog.Take();
        if (_inHand.Count == 0)
            return false;
        var notKept = await delivery.StoreAsync([.. _inHand.Select(entry => entry.Record)], _givingUp.Token);
        Forget(_inHand, notKept);
        _inHand = [];
        return true;
    }

    /// <param name="batch">Stored or kept in a file, but for those in <paramref name="notKept"/>.</param>
    /// <param name="notKept">Their tickets stay unsettled, so that the next start finds them in the journal.</param>
    private void Forget(List<HistoryBacklog.Entry> batch, IReadOnlyList<ExecutionRecord> notKept)
    {
        journal.Settle(batch.Where(entry => !notKept.Contains(entry.Record, ReferenceEqualityComparer.Instance)).Select(entry => entry.Ticket));
        foreach (var entry in batch)
            _buffered.TryRemove(entry.Record.Execution.Id, out _);
        _backlog.Release(batch);
    }
}
