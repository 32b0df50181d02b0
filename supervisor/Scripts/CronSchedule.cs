using Cronos;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Scripts;

/// <summary>
/// A cron expression in its time zone. Where day of month and day of week are both set either one matches, as in crontab: Cronos
/// alone wants both, so the expression is read as two, each with one of the fields open.
/// </summary>
internal sealed class CronSchedule
{
    private static readonly DateTimeOffset s_anyDay = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly CronExpression[] _expressions;
    private readonly TimeZoneInfo _zone;

    private CronSchedule(CronExpression[] expressions, TimeZoneInfo zone) => (_expressions, _zone) = (expressions, zone);

    public static (CronSchedule? Schedule, IReadOnlyList<FieldError> Errors) Parse(string? cron, string timezone)
    {
        var errors = new List<FieldError>();
        var expressions = Expressions(cron, errors);
        // An IANA name alone: a POSIX string or a Windows name means something else on another machine.
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(timezone, out var zone) || !zone.HasIanaId)
            errors.Add(new FieldError("trigger.timezone", $"'{timezone}' is no IANA time zone such as Asia/Tashkent or UTC"));
        if (errors.Count > 0) return (null, errors);
        var schedule = new CronSchedule(expressions, zone!);
        // From any day: what never comes within the years that Cronos looks ahead, such as 30 February, never comes.
        if (schedule.Next(s_anyDay, 1).Count > 0) return (schedule, errors);
        return (null, [new FieldError("trigger.cron", $"'{cron}' never comes true; is there such a day?")]);
    }

    /// <summary>The next due times after a moment, fewer where the expression has no more.</summary>
    public IReadOnlyList<DateTimeOffset> Next(DateTimeOffset after, int count)
    {
        var times = new List<DateTimeOffset>(count);
        while (times.Count < count)
        {
            var next = _expressions.Min(expression => expression.GetNextOccurrence(after, _zone));
            if (next is not { } time) break;
            times.Add(time.ToUniversalTime());
            after = time;
        }

        return times;
    }

    private static CronExpression[] Expressions(string? cron, List<FieldError> errors)
    {
        if (string.IsNullOrWhiteSpace(cron))
        {
            errors.Add(new FieldError("trigger.cron", "is missing; five fields, such as 0 0 * * *"));
            return [];
        }

        var fields = cron.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var format = fields.Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard;
        try
        {
            if (fields.Length is 5 or 6 && IsSet(fields[^3]) && IsSet(fields[^1]))
            {
                string[] byMonthDay = [.. fields[..^1], "*"];
                string[] byWeekDay = [.. fields];
                byWeekDay[^3] = "*";
                return [CronExpression.Parse(string.Join(' ', byMonthDay), format), CronExpression.Parse(string.Join(' ', byWeekDay), format)];
            }

            return [CronExpression.Parse(cron, format)];
        }
        catch (CronFormatException e)
        {
            errors.Add(new FieldError("trigger.cron", e.Message));
            return [];
        }
    }

    private static bool IsSet(string field) => field is not ("*" or "?");
}
