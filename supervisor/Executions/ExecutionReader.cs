using System.Runtime.CompilerServices;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.History;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Tenants;
using Sandbox.Supervisor.Workers;

namespace Sandbox.Supervisor.Executions;

/// <summary>What is known of executions: what waits from the queue, what runs from memory, what just ended from the writer's buffer, the rest from the store. Asks for no permission.</summary>
internal sealed class ExecutionReader(InFlight inFlight, WorkerPool pool, HistoryWriter history, ExecutionStore store, IQueuedExecutions queued, TimeProvider time) : ITenantEviction
{
    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_ringsApart = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CancelLook = TimeSpan.FromMilliseconds(50);

    public static Problem Missing(Guid id) => Problem.NotFound($"There is no execution {id}.");

    public async Task<Execution?> GetAsync(Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        var execution = inFlight.Find(tenantId, id);
        // The record outranks the execution in flight: both exist for a moment at the end.
        if (history.FindBuffered(tenantId, id) is { } record) return record.Execution;
        if (execution is { Log.IsClosed: false }) return Snapshot(execution);
        if (await store.GetAsync(tenantId, id, cancellationToken) is { } stored) return stored;
        if (execution is not null) return Snapshot(execution);
        // What leaves the queue is stored in the same moment: one that is in neither may have left it between the two looks.
        return await queued.FindAsync(tenantId, id, cancellationToken) ?? await store.GetAsync(tenantId, id, cancellationToken);
    }

    public async Task<Page<Execution>> ListAsync(Guid tenantId, ExecutionFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var before = page.Cursor is null ? (Guid?)null : Cursor.ReadId(page.Cursor);
        var waiting = await queued.ListAsync(tenantId, filter, page, cancellationToken);
        var running = inFlight.OfTenant(tenantId).Select(Snapshot).ToArray();
        var buffered = history.Buffered(tenantId).ToArray();
        var stored = await store.ListAsync(tenantId, filter, page, cancellationToken);
        return ExecutionPage.Merge(before, page.Limit, filter, waiting, running, buffered, stored);
    }

    /// <param name="tenantId">Whose they are.</param>
    /// <param name="filter">Without a text.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ExecutionOutline> OutlineAsync(Guid tenantId, ExecutionFilter filter, CancellationToken cancellationToken)
    {
        // In the order of an execution's life, as the list reads them; of the queue one page at most, which says whether there is more.
        var waiting = await queued.ListAsync(tenantId, filter, new PageRequest(ExecutionPage.LimitMax), cancellationToken);
        var running = inFlight.OfTenant(tenantId).Select(Snapshot).ToArray();
        var buffered = history.Buffered(tenantId).ToArray();
        var stored = await store.OutlineAsync(tenantId, filter, cancellationToken);
        var recent = ExecutionPage.Recent(null, filter, running, buffered);
        return ExecutionPage.Outline(waiting, recent, stored);
    }

    /// <summary>Null where there is no such execution.</summary>
    public async Task<Page<LogLine>?> LogsAsync(Guid tenantId, Guid id, int afterSeq, int limit, CancellationToken cancellationToken)
    {
        var execution = inFlight.Find(tenantId, id);
        var lines = execution is null ? null : execution.Request.Script.Record == RecordPolicy.Metadata ? [] : execution.Log.Lines;
        lines ??= history.FindBuffered(tenantId, id)?.Logs;
        if (lines is null)
        {
            return await store.LogsAsync(tenantId, id, afterSeq, limit, cancellationToken)
                ?? await NothingYetAsync<LogLine>(tenantId, id, cancellationToken);
        }

        var items = lines.Skip(afterSeq).Take(limit).ToArray();
        return new Page<LogLine>(items, afterSeq + items.Length < lines.Count ? (afterSeq + items.Length).ToString() : null);
    }

    /// <summary>Null where there is no such execution.</summary>
    public async Task<Page<CallEntry>?> CallsAsync(Guid tenantId, Guid id, PageRequest page, CancellationToken cancellationToken)
    {
        var execution = inFlight.Find(tenantId, id);
        if (history.FindBuffered(tenantId, id) is { } record) return CallRows.Page(record.Calls, page);
        if (execution is { Log.IsClosed: false }) return CallRows.Page(Calls(execution), page);
        return await store.CallsAsync(tenantId, id, page, cancellationToken)
            ?? (execution is null ? await NothingYetAsync<CallEntry>(tenantId, id, cancellationToken) : CallRows.Page(Calls(execution), page));
    }

    /// <summary>Null where there is no such execution.</summary>
    public async Task<RelatedExecutions?> RelatedAsync(Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        if (await GetAsync(tenantId, id, cancellationToken) is not { } execution) return null;
        var attempts = new SortedDictionary<int, RelatedExecution> { [execution.Attempt] = Related(execution) };
        if (execution.IdempotencyKey is { } key)
        {
            foreach (var stored in await store.AttemptsAsync(tenantId, execution.ScriptId, key, cancellationToken)) attempts.TryAdd(stored.Attempt, stored);
            if (await queued.LaterAttemptAsync(execution with { Attempt = attempts.Keys.Last() }, cancellationToken) is { } later) attempts[later.Attempt] = Related(later);
        }

        return new RelatedExecutions([.. attempts.Values], await store.EffectsAsync(tenantId, id, cancellationToken));
    }

    public async IAsyncEnumerable<LogLine> FollowLogsAsync(Guid tenantId, Guid id, int afterSeq, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (inFlight.Find(tenantId, id) is { } execution)
        {
            if (execution.Request.Script.Record != RecordPolicy.Metadata)
                await foreach (var line in execution.Log.FollowAsync(afterSeq, cancellationToken)) yield return line;
            // The log closes before the record can be read, and the reader asks for the final status next.
            await execution.Over.WaitAsync(cancellationToken);
            yield break;
        }

        while (await LogsAsync(tenantId, id, afterSeq, 200, cancellationToken) is { Items.Count: > 0 } page)
        {
            foreach (var line in page.Items) yield return line;
            afterSeq = page.Items[^1].Seq;
        }
    }

    /// <summary>Null where too many follow already.</summary>
    public ChangeStream? Follow(Guid tenantId, Guid? scriptId, CancellationToken cancellationToken) =>
        inFlight.Bell.IsFull(tenantId) ? null : new ChangeStream(RingsAsync(tenantId, scriptId, cancellationToken));

    // It listens from when it is read: a stream that nobody reads takes no place.
    private async IAsyncEnumerable<DateTimeOffset> RingsAsync(Guid tenantId, Guid? scriptId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = inFlight.Bell.Listen(tenantId, scriptId);
        if (reader is null) yield break;
        await foreach (var at in reader.RingsAsync(s_ringsApart, time, cancellationToken)) yield return at;
    }

    public async Task<Result<Execution>> CancelAsync(Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        var execution = inFlight.Find(tenantId, id);
        if (execution?.End(EndReason.Cancelled) == true)
        {
            // It is over within the grace, or with its worker's death: then the answer says so.
            await Task.WhenAny(execution.Over, Task.Delay(CancelPatience, cancellationToken));
            return await GetAsync(tenantId, id, cancellationToken) ?? Snapshot(execution);
        }

        if (execution is null && await queued.CancelAsync(tenantId, id, cancellationToken)) return await CancelledElsewhereAsync(tenantId, id, cancellationToken);

        if (await GetAsync(tenantId, id, cancellationToken) is not { } final) return Missing(id);
        // Whoever cancels an attempt that failed means what it still waits for: its next one.
        if (await queued.NextAttemptAsync(final, cancellationToken) is { } next && await queued.CancelAsync(tenantId, next, cancellationToken))
            return await CancelledElsewhereAsync(tenantId, next, cancellationToken);
        return new Problem(
            409,
            Codes.Conflict,
            $"The execution is {final.Status.ToString().ToLowerInvariant()} or about to end, and no attempt waits to follow it; only what is pending or running can be cancelled.")
        {
            ExecutionId = id,
        };
    }

    /// <summary>Another node ends it; its record says so within the grace.</summary>
    private async Task<Result<Execution>> CancelledElsewhereAsync(Guid tenantId, Guid id, CancellationToken cancellationToken)
    {
        for (var from = time.GetTimestamp(); ; await Task.Delay(CancelLook, time, cancellationToken))
        {
            if (await GetAsync(tenantId, id, cancellationToken) is not { } execution) return Missing(id);
            if (execution.FinishedAt is not null || time.GetElapsedTime(from) > CancelPatience) return execution;
        }
    }

    public Task EvictAsync(Guid tenantId)
    {
        foreach (var execution in inFlight.OfTenant(tenantId)) execution.End(execution.Request.IsDurable ? EndReason.Evicted : EndReason.Cancelled);
        return pool.EvictAsync(tenantId);
    }

    /// <summary>What the record may not keep is not shown while it runs either; whether it fails is not known yet.</summary>
    private static Execution Snapshot(InFlightExecution execution)
    {
        var snapshot = execution.Snapshot(execution.StartedAt is null ? ExecutionStatus.Pending : ExecutionStatus.Running);
        return execution.Request.Script.Record == RecordPolicy.All ? snapshot : ExecutionRecord.WithoutPayloads(snapshot);
    }

    private static IReadOnlyList<CallRecord> Calls(InFlightExecution execution)
    {
        var calls = execution.Calls?.Records ?? [];
        return execution.Request.Script.Record == RecordPolicy.All ? calls : CallRows.WithoutSummaries(calls);
    }

    /// <summary>Of what waits, or runs on another node; null where there is no such execution.</summary>
    private async Task<Page<T>?> NothingYetAsync<T>(Guid tenantId, Guid id, CancellationToken cancellationToken) =>
        await queued.FindAsync(tenantId, id, cancellationToken) is null ? null : new Page<T>([], null);

    private static RelatedExecution Related(Execution execution) => new(
        execution.Id, execution.ScriptName, execution.Attempt, execution.Cause.Kind, execution.Status, execution.Code, execution.CreatedAt, execution.DurationMs);
}
