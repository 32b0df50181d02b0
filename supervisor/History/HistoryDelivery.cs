using Npgsql;

namespace Sandbox.Supervisor.History;

/// <summary>
/// Gets a batch into the database, whatever it takes: waits while the database cannot, makes a missing day, finds the record
/// that the database refuses and stores that without its payload; a record that it refuses even so is kept in a file, or left in the journal.
/// </summary>
internal sealed class HistoryDelivery(HistoryStore store, RejectedRecords rejected, ILogger<HistoryDelivery> logger, TimeProvider time)
{
    private static readonly TimeSpan BackOffMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BackOffMax = TimeSpan.FromSeconds(5);

    private volatile string? _problem;

    /// <summary>Why nothing is stored just now; null: it is.</summary>
    public string? Problem => _problem;

    /// <summary>
    /// Returns once all of them are stored or kept in a file; cancelled, some may be: storing again changes nothing. The result is
    /// those that are neither: their records in the journal must stay.
    /// </summary>
    public async Task<IReadOnlyList<ExecutionRecord>> StoreAsync(IReadOnlyList<ExecutionRecord> records, CancellationToken cancellationToken)
    {
        if (records.Count == 0 || await TryAsync(records, note: null, cancellationToken) is not { } refused)
            return [];

        if (records.Count > 1)
        {
            var half = records.Count / 2;
            var first = await StoreAsync([.. records.Take(half)], cancellationToken);
            var second = await StoreAsync([.. records.Skip(half)], cancellationToken);
            return [.. first, .. second];
        }

        if (await WithoutPayloadAsync(records[0], refused, cancellationToken) is not { } again)
            return [];
        if (rejected.TryKeep(records[0], out var path, out var exception))
        {
            logger.Rejected(again, records[0].Execution.Id, path);
            return [];
        }

        logger.NotKept(exception, records[0].Execution.Id, path);
        return records;
    }

    /// <summary>Whether the database takes a record that it refused before, whole or without its payload.</summary>
    public async Task<bool> TryAgainAsync(ExecutionRecord record, CancellationToken cancellationToken) =>
        await TryAsync([record], note: null, cancellationToken) is not { } refused || await WithoutPayloadAsync(record, refused, cancellationToken) is null;

    /// <summary>Null: stored. Else why the database refuses even its metadata.</summary>
    private async Task<Exception?> WithoutPayloadAsync(ExecutionRecord record, Exception refused, CancellationToken cancellationToken)
    {
        var note = $"Input, output, logs and calls are left out: the database refused them ({Reason(refused)}).";
        var again = await TryAsync([record], note, cancellationToken);
        if (again is null)
            logger.StoredWithoutPayload(refused, record.Execution.Id);
        return again;
    }

    /// <summary>Null: stored. Else why the database refuses these very records. Anything else is waited out.</summary>
    private async Task<Exception?> TryAsync(IReadOnlyList<ExecutionRecord> records, string? note, CancellationToken cancellationToken)
    {
        var madePartitions = false;
        for (var backOff = BackOffMin; ; backOff = backOff * 2 < BackOffMax ? backOff * 2 : BackOffMax)
        {
            try
            {
                await store.WriteAsync(records, note, cancellationToken);
                if (_problem is not null)
                    logger.StoringAgain();
                _problem = null;
                return null;
            }
            catch (Exception e) when (IsMissingPartition(e) && !madePartitions)
            {
                madePartitions = true;
                await MakePartitionsAsync(records, cancellationToken);
            }
            catch (Exception e) when (IsOfTheRecords(e))
            {
                return e;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                _problem = $"History is not stored: {Reason(e)}.";
                logger.CannotStore(e, records.Count, backOff.TotalSeconds);
                await Task.Delay(backOff, time, cancellationToken);
            }
        }
    }

    private async Task MakePartitionsAsync(IReadOnlyList<ExecutionRecord> records, CancellationToken cancellationToken)
    {
        try
        {
            await store.MakePartitionsAsync(records, cancellationToken);
        }
        catch (NpgsqlException e) when (!cancellationToken.IsCancellationRequested)
        {
            logger.CannotStore(e, records.Count, 0);
        }
    }

    /// <summary>23514 without a constraint's name: "no partition of relation … found for row".</summary>
    public static bool IsMissingPartition(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.CheckViolation, ConstraintName: null };

    /// <summary>What trying again cannot mend: data exceptions, broken constraints, limits (classes 22, 23, 54), or a value Npgsql cannot send.</summary>
    public static bool IsOfTheRecords(Exception exception) => exception switch
    {
        PostgresException e => e.SqlState[..2] is "22" or "23" or "54",
        NpgsqlException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException => false,
        _ => true,
    };

    public static string Reason(Exception exception) =>
        exception is PostgresException e ? $"{e.SqlState} {e.MessageText}" : exception.GetBaseException().Message;
}
