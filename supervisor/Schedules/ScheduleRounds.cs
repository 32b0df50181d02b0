using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Queue;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Schedules;

/// <summary>
/// One round of the scheduler: lock due schedules → decide about their due times → write the occurrences → enqueue those that run →
/// advance the schedules, in one transaction. The lock and the key of the occurrences let one of several nodes do it.
/// </summary>
internal sealed class ScheduleRounds(ScheduleTickStore store, NewWork work, TimeProvider time, ILogger<ScheduleRounds> logger)
{
    /// <summary>Rows of one transaction. Schedules that would go beyond wait for the next round, which follows at once.</summary>
    private const int RowsMax = 20_000;

    /// <summary>Whether there may be more to do at once.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await using var tick = await store.BeginAsync(cancellationToken);
        var now = time.GetUtcNow();
        var due = await ScheduleTickStore.DueAsync(tick, now, cancellationToken);
        if (due.Count == 0) return false;
        var known = await ScheduleTickStore.KnownAsync(tick, due, now, cancellationToken);
        var queued = await ScheduleTickStore.QueuedAsync(tick, due, cancellationToken);
        var planned = new List<PlannedOccurrence>();
        var advanced = new List<(DueSchedule Schedule, DateTimeOffset? NextAt)>();
        foreach (var schedule in due)
        {
            if (planned.Count >= RowsMax) break;
            var plan = CronSchedule.Parse(schedule.Cron, schedule.Timezone).Schedule is { } cron
                ? SchedulePlan.Of(schedule, cron, now, known[schedule.Key].ToHashSet(), queued[schedule.Key])
                : SchedulePlan.Unreadable;
            if (!plan.Readable) SchedulesLog.Unreadable(logger, schedule.ScriptId, schedule.Timezone);
            planned.AddRange(plan.Occurrences);
            advanced.Add((schedule, plan.NextAt));
        }

        var added = planned.Count == 0 ? [] : await ScheduleTickStore.AddAsync(tick, planned, again: false, cancellationToken);
        PlannedOccurrence[] runs = [.. planned.Where(one => one.ExecutionId is not null && added.Contains(one.Id))];
        if (runs.Length > 0) await ScheduleTickStore.EnqueueAsync(tick, Array.ConvertAll(runs, one => Item(one, now)), cancellationToken);
        await ScheduleTickStore.AdvanceAsync(tick, advanced, cancellationToken);
        await tick.CommitAsync(cancellationToken);
        if (runs.Length > 0) work.Tell();
        var committed = time.GetUtcNow();
        foreach (var one in runs.Where(one => !one.Late)) ScheduleMetrics.Enqueued(committed - one.DueAt);
        return due.Count == ScheduleTickStore.DueMax || advanced.Count < due.Count;
    }

    /// <summary>Lets schedules that look further ahead than their next due time look from now on again. How many there were.</summary>
    public async Task<int> RealignAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        DueSchedule? last = null;
        while (true)
        {
            await using var tick = await store.BeginAsync(cancellationToken);
            var now = time.GetUtcNow();
            var ahead = await ScheduleTickStore.AheadAsync(tick, now, last, cancellationToken);
            if (ahead.Count == 0) return count;
            last = ahead[^1];
            (DueSchedule Schedule, DateTimeOffset? NextAt)[] back =
                [.. ahead.Select(one => (Schedule: one, NextAt: Next(one, now))).Where(one => one.NextAt < one.Schedule.From)];
            if (back.Length == 0) continue;
            await ScheduleTickStore.ForgetAheadAsync(tick, [.. back.Select(pair => pair.Schedule)], now, cancellationToken);
            await ScheduleTickStore.AdvanceAsync(tick, back, cancellationToken);
            await tick.CommitAsync(cancellationToken);
            count += back.Length;
        }
    }

    private static QueueItem Item(PlannedOccurrence planned, DateTimeOffset now) =>
        OccurrenceItems.Of(planned, new Cause("schedule", planned.Schedule.ScriptId.ToString()), now);

    private static DateTimeOffset? Next(DueSchedule schedule, DateTimeOffset after) =>
        CronSchedule.Parse(schedule.Cron, schedule.Timezone).Schedule?.Next(after, 1) is [var next] ? next : null;

    /// <summary>When the next schedule after <paramref name="now"/> is due; null: none is.</summary>
    public Task<DateTimeOffset?> NextAsync(DateTimeOffset now, CancellationToken cancellationToken) => store.NextAsync(now, cancellationToken);
}
