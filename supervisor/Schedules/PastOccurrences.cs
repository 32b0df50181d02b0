using System.Globalization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Queue;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Schedules;

/// <summary>
/// Runs past due times now, because somebody asked: find the due times → leave out those that ran → write and enqueue the rest.
/// </summary>
internal sealed class PastOccurrences(ScheduleTickStore ticks, OccurrenceStore store, NewWork work, TimeProvider time)
{
    private const int Max = 1_000;
    private static readonly string TooMany =
        string.Create(CultureInfo.InvariantCulture, $"makes a range with more than {Max} due times, the most that one call runs");

    public async Task<Result<OccurrencesRun>> RunAsync(
        Guid tenantId, Guid scriptId, OccurrenceRun run, Cause cause, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (Complaint(run, now) is { } complaint) return Problem.Invalid(complaint);
        await using var tick = await ticks.BeginAsync(cancellationToken);
        // The lock keeps the scheduler from the same due times until this is committed.
        if (await ScheduleTickStore.LockAsync(tick, tenantId, scriptId, cancellationToken) is not { } schedule)
            return new Problem(409, Codes.Conflict, "The script has no schedule, or its tenant is suspended.");
        if (!schedule.Enabled)
            return new Problem(409, Codes.NotAllowed, $"The script is disabled{(schedule.DisabledReason is { } reason ? $": {reason}" : "")}.");
        if (CronSchedule.Parse(schedule.Cron, schedule.Timezone).Schedule is not { } cron)
            return new Problem(409, Codes.Conflict, "The schedule cannot be read on this machine; write the script's trigger again.");
        var times = Times(cron, run);
        if (times.Problem is { } wrong) return wrong;
        var rows = (await store.AtAsync(tenantId, scriptId, times.Value!, cancellationToken)).ToDictionary(row => row.ScheduledFor);
        var refused = times.Value!
            .Select(at => (At: at, Reason: Refusal(rows.GetValueOrDefault(at), run.Again)))
            .Where(one => one.Reason is not null)
            .ToDictionary(one => one.At, one => new OccurrenceRefusal(one.At, one.Reason!));
        PlannedOccurrence[] planned =
        [
            .. times.Value!.Where(at => !refused.ContainsKey(at)).Select(at => Planned(schedule, at, now)),
        ];
        if (planned.Length == 0)
            return new Problem(409, Codes.Conflict, $"None of these occurrences is run. {refused.Values.First().Reason}");
        var added = await ScheduleTickStore.AddAsync(tick, planned, again: true, cancellationToken);
        planned = [.. planned.Where(one => added.Contains(one.Id))];
        var items = Array.ConvertAll(planned, one => OccurrenceItems.Of(one, cause, now));
        await ScheduleTickStore.EnqueueAsync(tick, items, cancellationToken);
        await tick.CommitAsync(cancellationToken);
        work.Tell();
        return new OccurrencesRun([.. planned.Select(one => Shown(one, now))], [.. refused.Values]);
    }

    private static FieldError? Complaint(OccurrenceRun run, DateTimeOffset now) => run switch
    {
        { At: null, From: null, To: null } => new FieldError("at", "is missing; name one time by at, or a range by from and to"),
        { At: not null, From: not null } or { At: not null, To: not null } => new FieldError("at", "cannot be combined with from and to"),
        { At: null, From: null } => new FieldError("from", "is missing"),
        { At: null, To: null } => new FieldError("to", "is missing"),
        { At: { } at } when at > now => new FieldError("at", "is in the future; occurrences to come run by themselves"),
        { To: { } to } when to > now => new FieldError("to", "is in the future; occurrences to come run by themselves"),
        { From: { } from, To: { } to } when from >= to => new FieldError("to", "must be later than from"),
        _ => null,
    };

    private static Result<DateTimeOffset[]> Times(CronSchedule cron, OccurrenceRun run)
    {
        var first = (run.At ?? run.From)!.Value.ToUniversalTime();
        if (run.At is not null)
        {
            if (cron.Next(first.AddTicks(-1), 1) is [var due] && due == first) return (DateTimeOffset[])[first];
            var (before, after) = Nearest.Of(cron, first);
            var nearest = ScheduleAnswers.Around(before, after);
            return Problem.Invalid(new FieldError("at", $"is no due time of the schedule; the nearest are {nearest}"));
        }

        DateTimeOffset[] times = [.. cron.Next(first.AddTicks(-1), Max + 1).TakeWhile(time => time < run.To)];
        return times.Length switch
        {
            0 => Problem.Invalid(new FieldError("from", "to the end of the range there is no due time of the schedule")),
            > Max => Problem.Invalid(new FieldError("to", TooMany)),
            _ => times,
        };
    }

    private static PlannedOccurrence Planned(DueSchedule schedule, DateTimeOffset at, DateTimeOffset now) =>
        new(schedule, Guid.CreateVersion7(now), at, "queued", Late: true, Missed: 0, Why: null, Guid.CreateVersion7(now));

    private static string? Refusal(Occurrence? row, bool again) => row switch
    {
        null or { Status: OccurrenceStatus.Skipped or OccurrenceStatus.Missed } => null,
        { Status: OccurrenceStatus.Queued } => $"Its execution {row.ExecutionId} waits or runs.",
        _ when again => null,
        _ => $"It ran already, as execution {row.ExecutionId}; again: true runs it again.",
    };

    private static Occurrence Shown(PlannedOccurrence planned, DateTimeOffset now) => new()
    {
        Id = planned.Id,
        ScheduledFor = planned.DueAt,
        Status = OccurrenceStatus.Queued,
        ExecutionId = planned.ExecutionId,
        Missed = planned.Missed,
        CreatedAt = now,
    };
}
