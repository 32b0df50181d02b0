using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.History;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Executions;

/// <summary>One page of the list of executions, newest first, from the four places that have them.</summary>
internal static class ExecutionPage
{
    /// <summary>Items of one page.</summary>
    public const int LimitMax = 200;

    /// <summary>
    /// The order of reading is the order of an execution's life: in the queue, in flight, buffered, stored. An execution that moves
    /// on between the reads is then in two of them, never in none, and the later place is right.
    /// </summary>
    /// <param name="before">The last id of the page before; null for the first page.</param>
    /// <param name="limit">Items of a page, 1 to 200.</param>
    /// <param name="filter">Applied to <paramref name="inFlight"/> and <paramref name="buffered"/> here.</param>
    /// <param name="queued">The queue's page for the same cursor, limit, and filter.</param>
    /// <param name="inFlight">All of the tenant's executions that are not final, in any order.</param>
    /// <param name="buffered">All of the tenant's records that wait to be stored, in any order.</param>
    /// <param name="stored">The store's page for the same cursor, limit, and filter.</param>
    public static Page<Execution> Merge(
        Guid? before, int limit, ExecutionFilter filter, Page<Execution> queued, IEnumerable<Execution> inFlight, IEnumerable<ExecutionRecord> buffered, Page<Execution> stored)
    {
        var (recent, known) = Recent(before, filter, inFlight, buffered);

        // A full page of the store ends above everything that the next page of the store has, so taking from the top loses nothing.
        var all = stored.Items.Concat(recent).Concat(queued.Items.Where(execution => !known.Contains(execution.Id))).DistinctBy(execution => execution.Id).OrderByDescending(execution => execution.Id).ToArray();
        var items = all.Take(Math.Clamp(limit, 1, LimitMax)).ToArray();
        return new Page<Execution>(items, all.Length > items.Length || stored.NextCursor is not null || queued.NextCursor is not null ? Cursor.Of(items[^1].Id) : null);
    }

    /// <summary>What matches of memory, and all that memory knows. The latest state decides: an execution that has ended is not listed as running.</summary>
    public static (IReadOnlyList<Execution> Matching, IReadOnlySet<Guid> Known) Recent(
        Guid? before, ExecutionFilter filter, IEnumerable<Execution> inFlight, IEnumerable<ExecutionRecord> buffered)
    {
        var memory = inFlight.ToDictionary(execution => execution.Id, execution => (Execution: execution, Logs: (IReadOnlyList<LogLine>)[]));
        foreach (var record in buffered)
            memory[record.Execution.Id] = (record.Execution, record.Logs);
        var matching = memory.Values
            .Where(one => (before is null || one.Execution.Id.CompareTo(before.Value) < 0) && RecentFilter.Matches(one.Execution, one.Logs, filter))
            .Select(one => one.Execution);
        return ([.. matching], memory.Keys.ToHashSet());
    }

    /// <summary>The same of many in little, from the same places.</summary>
    public static ExecutionOutline Outline(
        Page<Execution> queued, (IReadOnlyList<Execution> Matching, IReadOnlySet<Guid> Known) recent, IReadOnlyList<ExecutionMark> stored)
    {
        var all = stored.Concat(recent.Matching.Select(Mark)).Concat(queued.Items.Where(execution => !recent.Known.Contains(execution.Id)).Select(Mark))
            .DistinctBy(mark => mark.Id).OrderByDescending(mark => mark.Id).ToArray();
        return new ExecutionOutline([.. all.Take(ExecutionOutline.Most)], all.Length > ExecutionOutline.Most || queued.NextCursor is not null);

        static ExecutionMark Mark(Execution execution) => new(execution.Id, execution.Status, execution.CreatedAt, execution.DurationMs);
    }
}
