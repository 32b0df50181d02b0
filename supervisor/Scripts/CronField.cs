using System.Globalization;
using Cronos;

namespace Sandbox.Supervisor.Scripts;

/// <summary>One field of a cron expression.</summary>
/// <param name="Position">In an expression of six fields.</param>
internal sealed record CronField(string Name, int Position, int Min, int Max, params string[] Names)
{
    private static readonly string[] s_months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] s_days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    public static readonly IReadOnlyList<CronField> All =
    [
        new("second", 0, 0, 59), new("minute", 1, 0, 59), new("hour", 2, 0, 23), new("day of month", 3, 1, 31), new("month", 4, 1, 12, s_months), new("day of week", 5, 0, 7, s_days),
    ];

    /// <summary>What it takes, in words.</summary>
    public string Range =>
        $"{Min} to {Max}"
        + (Names.Length > 0 ? $" or {Names[0]} to {Names[^1]}" : "")
        + Name switch { "day of month" => ", L, LW, L-2 or 15W", "day of week" => ", 5L or 5#2", _ => "" }
        + ", lists (1,2), ranges (1-5) and steps (*/2)";

    /// <summary>What is wrong with the text of this field; null: Cronos takes it.</summary>
    public string? Complaint(string text)
    {
        foreach (var item in text.Split(','))
        {
            if (item.Length == 0) return "there is nothing before or after a ','";
            if (ItemComplaint(item) is { } complaint) return complaint;
        }

        string[] fields = ["*", "*", "*", "*", "*", "*"];
        fields[Position] = text;
        return CronExpression.TryParse(string.Join(' ', fields), CronFormat.IncludeSeconds, out _) ? null : $"'{CronText.Shown(text)}' cannot be read";
    }

    private string? ItemComplaint(string item)
    {
        var step = item.Split('/');
        if (step.Length > 2) return $"'{CronText.Shown(item)}' has more than one step";
        if (step.Length == 2 && !(Number(step[1]) is { } every && every >= 1 && every <= Max)) return $"the step '{CronText.Shown(step[1])}' is no number from 1 to {Max}";
        if (step[0] is "*" or "?" || HasSpecialDay(step[0])) return null;
        var range = step[0].StartsWith('-') ? [step[0]] : step[0].Split('-');
        if (range.Length > 2) return $"'{CronText.Shown(step[0])}' is no range";
        foreach (var value in range)
            if (!IsValue(value)) return $"'{CronText.Shown(value)}' is not one of its values";
        return null;
    }

    /// <summary>Last days, working days and counted weekdays: left to Cronos.</summary>
    private bool HasSpecialDay(string value) => Name switch
    {
        "day of month" => value.AsSpan().ContainsAny("LWlw"),
        "day of week" => value.Contains('#') || (value.Length > 1 && value[^1] is 'L' or 'l'),
        _ => false,
    };

    private bool IsValue(string value) => Number(value) is { } number ? number >= Min && number <= Max : Names.Contains(value, StringComparer.OrdinalIgnoreCase);

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
