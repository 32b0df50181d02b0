using Cronos;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Scripts;

/// <summary>
/// The fields of a cron expression, five or, with seconds first, six; a macro stands for its fields. Cronos decides what is accepted;
/// this finds the field that is wrong, which Cronos does not say.
/// </summary>
internal sealed class CronText
{
    private const int ShownCharactersMax = 40;

    private static readonly Dictionary<string, string> s_macros = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@monthly"] = "0 0 1 * *",
        ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@hourly"] = "0 * * * *",
        ["@every_minute"] = "* * * * *",
        ["@every_second"] = "* * * * * *",
    };

    private readonly string[] _fields;

    private CronText(string[] fields, int dayColumn) => (_fields, DayColumn) = (fields, dayColumn);

    /// <summary>Where the day of month is written, 1-based.</summary>
    public int DayColumn { get; }

    /// <summary>Both day of month and day of week are set; a stepped star counts as set.</summary>
    public bool SetsBothDays => IsSet(_fields[^3]) && IsSet(_fields[^1]);

    /// <summary>Whether it may be due in every hour of a day.</summary>
    public bool IsEveryHour => Parse(["0", _fields[^4], "*", "*", "*"]).GetOccurrences(DateTime.UnixEpoch, DateTime.UnixEpoch.AddDays(1)).Count() == 24;

    /// <summary>One, or, where both days are set, one by day of month and one by day of week.</summary>
    public CronExpression[] Expressions() => SetsBothDays ? [ByMonthDay(), Parse([.. _fields[..^3], "*", .. _fields[^2..]])] : [Parse(_fields)];

    /// <summary>The days of the month alone.</summary>
    public CronExpression ByMonthDay() => Parse([.. _fields[..^1], "*"]);

    public static (CronText? Text, FieldError? Error) Read(string? cron)
    {
        if (string.IsNullOrWhiteSpace(cron)) return (null, new FieldError("trigger.cron", "is missing; five fields, such as 0 0 * * *"));
        var words = Words(cron);
        if (words[0].Text.StartsWith('@')) return Macro(words);
        if (words.Count is not (5 or 6))
        {
            var column = words.Count < 5 ? words[^1].Column + words[^1].Text.Length : words[6].Column;
            return (null, Error(column, $"has {words.Count} field{(words.Count == 1 ? "" : "s")}, which ends or goes on wrongly at column {column}; there are five (minute, hour, day of month, month, day of week), or six with the second first"));
        }

        for (var i = 0; i < words.Count; i++)
        {
            var field = CronField.All[i + CronField.All.Count - words.Count];
            if (field.Complaint(words[i].Text) is not { } complaint) continue;
            var (text, column) = words[i];
            return (null, Error(column, $"{field.Name} '{Shown(text)}' at column {column}: {complaint}; it takes {field.Range}"));
        }

        return (new CronText([.. words.Select(word => word.Text)], words[^3].Column), null);
    }

    /// <summary>As much of a value as belongs into a message.</summary>
    public static string Shown(string text) => text.Length <= ShownCharactersMax ? text : string.Concat(text.AsSpan(0, ShownCharactersMax), "…");

    private static (CronText?, FieldError?) Macro(List<(string Text, int Column)> words)
    {
        var known = string.Join(", ", s_macros.Keys);
        if (!s_macros.TryGetValue(words[0].Text, out var fields)) return (null, Error(words[0].Column, $"macro '{Shown(words[0].Text)}' at column {words[0].Column} is unknown; there are {known}"));
        if (words.Count > 1) return (null, Error(words[1].Column, $"macro '{words[0].Text}' is followed by '{Shown(words[1].Text)}' at column {words[1].Column}; a macro ({known}) stands alone"));
        return (new CronText(fields.Split(' '), words[0].Column), null);
    }

    private static List<(string Text, int Column)> Words(string cron)
    {
        var words = new List<(string, int)>();
        for (var at = 0; at < cron.Length;)
        {
            if (cron[at] is ' ' or '\t')
            {
                at++;
                continue;
            }

            var end = cron.AsSpan(at).IndexOfAny(' ', '\t');
            end = end < 0 ? cron.Length : at + end;
            words.Add((cron[at..end], at + 1));
            at = end;
        }

        return words.Count > 0 ? words : [(cron, 1)];
    }

    private static FieldError Error(int column, string message) => new("trigger.cron", message, Line: 1, Column: column);

    private static bool IsSet(string field) => field is not ("*" or "?");

    private static CronExpression Parse(string[] fields) => CronExpression.Parse(string.Join(' ', fields), fields.Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard);
}
