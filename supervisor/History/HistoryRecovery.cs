using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.History;

/// <summary>Turns what an earlier process left in the journal into rows: ends as they were, starts without an end as <c>INTERRUPTED</c>.</summary>
internal sealed class HistoryRecovery(Journal journal, HistoryDelivery delivery, HistoryStore store, ILogger<HistoryRecovery> logger)
{
    private const int BatchRecords = 1_000;
    private const long BatchBytes = 16 * 1024 * 1024;

    /// <exception cref="JournalVersionException">Another version of the product wrote a file; nothing was changed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var files = journal.Left();
        if (files.Count == 0)
            return;

        // All of them before the first is read: a start that is refused changes nothing.
        foreach (var file in files)
            JournalHeader.Check(file);

        var unfinished = new Dictionary<Guid, ExecutionRecord>();
        var ended = 0;
        foreach (var file in files)
            ended += await StoreEndsAsync(file, unfinished, cancellationToken);

        // When the last of them was written, the supervisor still lived.
        var lastSign = new DateTimeOffset(files.Max(File.GetLastWriteTimeUtc), TimeSpan.Zero);
        var interrupted = await StoreInterruptedAsync(unfinished, lastSign, cancellationToken);
        foreach (var file in files)
            File.Delete(file);
        logger.Recovered(ended, interrupted);
    }

    private async Task<int> StoreEndsAsync(string file, Dictionary<Guid, ExecutionRecord> unfinished, CancellationToken cancellationToken)
    {
        var batch = new List<ExecutionRecord>();
        var count = 0;
        long bytes = 0;
        foreach (var (record, isEnd) in JournalReader.Read(file, torn => SetAside(file, torn)))
        {
            if (!isEnd)
            {
                unfinished[record.Execution.Id] = record;
                continue;
            }

            unfinished.Remove(record.Execution.Id);
            batch.Add(record);
            count++;
            bytes += HistoryBacklog.BytesOf(record);
            if (batch.Count < BatchRecords && bytes < BatchBytes)
                continue;
            await delivery.StoreAsync(batch, cancellationToken);
            batch = [];
            bytes = 0;
        }

        await delivery.StoreAsync(batch, cancellationToken);
        return count;
    }

    private async Task<int> StoreInterruptedAsync(Dictionary<Guid, ExecutionRecord> unfinished, DateTimeOffset lastSign, CancellationToken cancellationToken)
    {
        if (unfinished.Count == 0)
            return 0;
        // The end of some was stored and forgotten while another execution kept the file of their start.
        foreach (var stored in await store.StoredAsync(unfinished.Keys, cancellationToken))
            unfinished.Remove(stored);
        var records = unfinished.Values.Select(record => Interrupted(record, lastSign)).ToArray();
        foreach (var batch in records.Chunk(BatchRecords))
            await delivery.StoreAsync(batch, cancellationToken);
        return records.Length;
    }

    private static ExecutionRecord Interrupted(ExecutionRecord started, DateTimeOffset lastSign)
    {
        var begun = started.Execution.StartedAt ?? started.Execution.CreatedAt;
        var ended = lastSign > begun ? lastSign : begun;
        return started with
        {
            Execution = started.Execution with
            {
                Status = ExecutionStatus.Failed,
                Code = Codes.Interrupted,
                Error = new ExecutionError(started.Execution.StartedAt is null ? "The supervisor stopped before this execution had begun." : "The supervisor stopped while this execution was running."),
                FinishedAt = ended,
                DurationMs = started.Execution.StartedAt is null ? null : (ended - begun).TotalMilliseconds,
            },
        };
    }

    /// <summary>A torn last record is what a kill leaves. It is not thrown away all the same: the file is kept beside.</summary>
    private void SetAside(string file, long bytes)
    {
        logger.Torn(bytes, file);
        File.Copy(file, file + ".torn", overwrite: true);
    }
}
