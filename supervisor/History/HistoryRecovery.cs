using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.History;

/// <summary>Turns what an earlier process left in the journal into rows: ends as they were, starts without an end as <c>INTERRUPTED</c>.</summary>
internal sealed class HistoryRecovery(
    Journal journal, HistoryDelivery delivery, RejectedRecords rejected, HistoryStore store, ILogger<HistoryRecovery> logger, TimeProvider time)
{
    private const int BatchRecords = 1_000;
    private const long BatchBytes = 16 * 1024 * 1024;
    private const string TornEnding = ".torn";

    private static readonly TimeSpan TornKept = TimeSpan.FromDays(30);

    /// <exception cref="JournalVersionException">Another version of the product wrote a file; nothing was changed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var files = journal.Left();
        // All of them before the first is read: a start that is refused changes nothing.
        foreach (var file in files)
            JournalHeader.Check(file);

        RemoveOldTorn();
        // Before the journal adds to them.
        await TryRejectedAsync(cancellationToken);
        if (files.Count > 0)
            await RecoverAsync(files, cancellationToken);
    }

    private async Task RecoverAsync(IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        var pass = new Pass();
        foreach (var file in files)
            await StoreEndsAsync(file, pass, cancellationToken);

        // When the last of them was written, the supervisor still lived.
        var lastSign = new DateTimeOffset(files.Max(File.GetLastWriteTimeUtc), TimeSpan.Zero);
        var interrupted = await StoreInterruptedAsync(pass, lastSign, cancellationToken);
        logger.Recovered(pass.Ended, interrupted);
        if (pass.NotKept > 0)
        {
            logger.JournalKept(pass.NotKept);
            return;
        }

        foreach (var file in files.Except(pass.NotSetAside))
            File.Delete(file);
    }

    private async Task StoreEndsAsync(string file, Pass pass, CancellationToken cancellationToken)
    {
        var batch = new List<ExecutionRecord>();
        long bytes = 0;
        foreach (var (record, isEnd) in JournalReader.Read(file, torn => SetAside(file, torn, pass)))
        {
            if (!isEnd)
            {
                pass.Unfinished[record.Execution.Id] = record;
                continue;
            }

            pass.Unfinished.Remove(record.Execution.Id);
            batch.Add(record);
            pass.Ended++;
            bytes += HistoryBacklog.BytesOf(record);
            if (batch.Count < BatchRecords && bytes < BatchBytes)
                continue;
            pass.NotKept += (await delivery.StoreAsync(batch, cancellationToken)).Count;
            batch = [];
            bytes = 0;
        }

        pass.NotKept += (await delivery.StoreAsync(batch, cancellationToken)).Count;
    }

    private async Task<int> StoreInterruptedAsync(Pass pass, DateTimeOffset lastSign, CancellationToken cancellationToken)
    {
        if (pass.Unfinished.Count == 0)
            return 0;
        // The end of some was stored and forgotten while another execution kept the file of their start.
        foreach (var stored in await store.StoredAsync([.. pass.Unfinished.Values.Select(record => (record.Execution.TenantId, record.Execution.Id))], cancellationToken))
            pass.Unfinished.Remove(stored);
        var records = pass.Unfinished.Values.Select(record => Interrupted(record, lastSign)).ToArray();
        foreach (var batch in records.Chunk(BatchRecords))
            pass.NotKept += (await delivery.StoreAsync(batch, cancellationToken)).Count;
        return records.Length;
    }

    private async Task TryRejectedAsync(CancellationToken cancellationToken)
    {
        foreach (var path in rejected.Files())
        {
            if (RejectedRecords.Read(path) is not { } record)
            {
                logger.RejectedUnreadable(path);
            }
            else if (await delivery.TryAgainAsync(record, cancellationToken))
            {
                File.Delete(path);
                logger.RejectedStored(path);
            }
            else
            {
                logger.StillRejected(path);
            }
        }
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

    /// <summary>A torn last record is what a kill leaves. It is not thrown away all the same: the file is kept beside, for a month.</summary>
    private void SetAside(string file, long bytes, Pass pass)
    {
        logger.Torn(bytes, file);
        try
        {
            var copy = file + TornEnding;
            File.Copy(file, copy, overwrite: true);
            File.SetLastWriteTimeUtc(copy, time.GetUtcNow().UtcDateTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.NotSetAside(e, file);
            pass.NotSetAside.Add(file);
        }
    }

    private void RemoveOldTorn()
    {
        var oldest = time.GetUtcNow().UtcDateTime - TornKept;
        foreach (var path in Directory.EnumerateFiles(journal.DirectoryPath, "*" + TornEnding).Where(path => File.GetLastWriteTimeUtc(path) < oldest).ToArray())
        {
            File.Delete(path);
            logger.TornRemoved(path, TornKept.TotalDays);
        }
    }

    /// <summary>What one recovery has found so far.</summary>
    private sealed class Pass
    {
        public Dictionary<Guid, ExecutionRecord> Unfinished { get; } = [];
        public List<string> NotSetAside { get; } = [];
        public int Ended { get; set; }

        /// <summary>Executions that could be neither stored nor kept in a file.</summary>
        public int NotKept { get; set; }
    }
}
