using Cronos;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Scripts;

/// <summary>
/// A cron expression in its time zone. Where day of month and day of week are both set either one matches, as in crontab: Cronos
/// alone wants both, so the expression is read as two, each with one of the fields open. Cronos reads the expression; what the clock
/// shows is <see cref="CronClock"/>'s (docs/decisions/0011-cron-and-clock-changes.md).
/// </summary>
internal sealed class CronSchedule
{
    private static readonly DateTimeOffset s_anyDay = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Cronos looks ahead to the end of 2499; a zone's offset needs room on both sides.</summary>
    private static readonly DateTime s_first = new(1, 1, 3, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime s_last = new(2499, 12, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly CronExpression[] _expressions;
    private readonly bool _everyHour;
    private readonly CronClock _clock;

    private CronSchedule(CronExpression[] expressions, bool everyHour, TimeZoneInfo zone) => (_expressions, _everyHour, _clock) = (expressions, everyHour, new CronClock(zone));

    public static (CronSchedule? Schedule, IReadOnlyList<FieldError> Errors) Parse(string? cron, string timezone)
    {
        var errors = new List<FieldError>();
        var (text, error) = CronText.Read(cron);
        if (error is not null) errors.Add(error);
        // An IANA name alone: a POSIX string or a Windows name means something else on another machine.
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(timezone, out var zone) || !zone.HasIanaId)
            errors.Add(new FieldError("trigger.timezone", $"'{timezone}' is no IANA time zone such as Asia/Tashkent or UTC"));
        if (errors.Count > 0) return (null, errors);
        var schedule = new CronSchedule(text!.Expressions(), text.IsEveryHour, zone!);
        // From any day: what never comes within the years that Cronos looks ahead, such as 30 February, never comes.
        if (schedule.Next(s_anyDay, 1).Count > 0) return (schedule, errors);
        return (null, [new FieldError("trigger.cron", $"'{CronText.Shown(cron!)}' never comes true; is there such a day of month, at column {text.DayColumn}?", Line: 1, Column: text.DayColumn)]);
    }

    /// <summary>The next due times, each later than the one before and all later than <paramref name="after"/>; fewer where the expression has no more.</summary>
    public IReadOnlyList<DateTimeOffset> Next(DateTimeOffset after, int count)
    {
        var times = new List<DateTimeOffset>(count);
        for (var at = after.UtcDateTime; times.Count < count && Next(at) is { } due; at = due) times.Add(new DateTimeOffset(due));
        return times;
    }

    private DateTime? Next(DateTime after)
    {
        var at = after < s_first ? s_first : after;
        var inclusive = false;
        while (at < s_last)
        {
            var offset = _clock.Offset(at);
            if (NextOnClock(at + offset, inclusive) is not { } wall) return null;
            var due = wall - offset;
            if (_clock.FirstChange(at, due) is not { } change)
            {
                if (_everyHour || !_clock.IsSecondPass(due)) return due;
                (at, inclusive) = (due, false);
                continue;
            }

            // The clock is changed first, so that it shows this time never, later or again.
            if (!_everyHour && wall < change + _clock.Offset(change)) return change;
            (at, inclusive) = (change, true);
        }

        return null;
    }

    /// <summary>Cronos is asked in UTC, as if the clock were never changed.</summary>
    private DateTime? NextOnClock(DateTime wall, bool inclusive) =>
        _expressions.Min(expression => expression.GetNextOccurrence(DateTime.SpecifyKind(wall, DateTimeKind.Utc), inclusive));
}
