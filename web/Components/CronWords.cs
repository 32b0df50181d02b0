using System.Globalization;
using Microsoft.Extensions.Localization;

namespace Sandbox.Web.Components;

/// <summary>What a cron expression says, for the shapes that people write; others stay as they are.</summary>
public static class CronWords
{
    private const int HoursNamedMax = 4;

    private static readonly Dictionary<string, string> s_macros = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@hourly"] = "0 * * * *",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@weekly"] = "0 0 * * 0",
        ["@monthly"] = "0 0 1 * *",
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@every_minute"] = "* * * * *",
    };

    private static readonly string[] s_days = ["Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays"];
    private static readonly string[] s_dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    /// <summary>As "Weekdays at 09:00"; null: its shape has no words.</summary>
    public static string? Of(string cron, IStringLocalizer words) => Said(cron, words)?.Value;

    private static LocalizedString? Said(string cron, IStringLocalizer words)
    {
        var fields = s_macros.GetValueOrDefault(cron.Trim(), cron).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (fields is not [var minute, var hour, var day, var month, var weekday]) return null;
        if (hour == "*" || hour.StartsWith("*/", StringComparison.Ordinal))
            return (day, month, weekday) is ("*", "*", "*") ? Often(minute, hour, words) : null;
        if (Number(minute, 59) is not { } atMinute || Times(hour, atMinute, words) is not { } at) return null;
        return (day, month, weekday) switch
        {
            ("*", "*", "*") => words["Every day at {0}", at],
            ("*", "*", _) => Days(weekday, words) is { } days ? words["{0} at {1}", days, at] : null,
            (_, "*", "*") => Number(day, 31) is { } of and > 0 ? words["Day {0} of every month at {1}", of, at] : null,
            (_, _, "*") => Number(day, 31) is { } on and > 0 && Number(month, 12) is { } number and > 0
                ? words["Every year on {0} at {1}", new DateTime(2024, number, 1).ToString("MMMM", CultureInfo.CurrentUICulture) + " " + on.ToString(CultureInfo.InvariantCulture), at]
                : null,
            _ => null,
        };
    }

    private static LocalizedString? Often(string minute, string hour, IStringLocalizer words) => (minute, hour) switch
    {
        ("*", "*") => words["Every minute"],
        (_, "*") when Step(minute, 59) is { } minutes => words["Every {0} minutes", minutes],
        ("0", "*") => words["Every hour"],
        (_, "*") when Number(minute, 59) is { } at => words["Every hour at minute {0}", at],
        ("0", _) when Step(hour, 23) is { } hours => words["Every {0} hours", hours],
        (_, _) when Number(minute, 59) is { } at && Step(hour, 23) is { } hours => words["Every {0} hours at minute {1}", hours, at],
        _ => null,
    };

    /// <summary>"09:00", "09:00 and 18:00".</summary>
    private static string? Times(string hour, int minute, IStringLocalizer words)
    {
        var hours = hour.Split(',').Select(one => Number(one, 23)).ToArray();
        if (hours.Length > HoursNamedMax || hours.Contains(null)) return null;
        return Listed([.. hours.Select(one => $"{one:00}:{minute:00}")], words);
    }

    private static string? Days(string weekday, IStringLocalizer words)
    {
        var named = weekday.ToUpperInvariant();
        for (var at = 0; at < s_dayNames.Length; at++) named = named.Replace(s_dayNames[at], at.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        if (named is "1-5") return words["Weekdays"];
        if (named is "0,6" or "6,0" or "6,7" or "6-7") return words["Saturdays and Sundays"];
        var days = named.Split(',').Select(one => Number(one, 7)).ToArray();
        return days.Contains(null) ? null : Listed([.. days.Select(one => words[s_days[one!.Value % 7]].Value)], words);
    }

    private static string Listed(string[] items, IStringLocalizer words) =>
        items is [.. var first, var last] && first.Length > 0 ? words["{0} and {1}", string.Join(", ", first), last] : items[0];

    /// <summary>Of <c>*/n</c> where it divides its field evenly: else the last step is shorter.</summary>
    private static int? Step(string field, int last) =>
        field.StartsWith("*/", StringComparison.Ordinal) && Number(field[2..], last) is { } step and > 1 && (last + 1) % step == 0 ? step : null;

    private static int? Number(string field, int last) =>
        int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= last ? number : null;
}
