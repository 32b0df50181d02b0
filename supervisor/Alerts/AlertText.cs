using System.Globalization;
using System.Text;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Alerts;

/// <summary>Alerts in words.</summary>
internal static class AlertText
{
    private const int AlertsShown = 50;
    private const int MessageShown = 300;
    private const int SummaryMax = 200;

    public static AlertBody Of(PlannedMessage planned)
    {
        var rule = planned.Rule;
        var alerts = planned.Alerts;
        var first = alerts[0];
        var others = alerts.Count == 1 ? "" : Invariant($" and {alerts.Count - 1} more {(alerts.Count == 2 ? "alert" : "alerts")}");
        var summary = $"[{rule.Tenant}] {Cut(Line(Sentence(first)), SummaryMax)}{others}";
        return new AlertBody(
            "alert", planned.Id, rule.Tenant, rule.Rule.Name, planned.At, summary, alerts.Sum(New),
            [.. alerts.Take(AlertsShown).Select(Item)],
            Math.Max(0, alerts.Count - AlertsShown));
    }

    public static AlertBody Test(string tenant, string channel, DateTimeOffset now) => new(
        "test", Guid.CreateVersion7(now), tenant, "", now, $"[{tenant}] This is a test of the channel {channel}: it works.", 0, [], 0);

    /// <summary>For e-mail.</summary>
    public static string Plain(AlertBody body)
    {
        var text = new StringBuilder();
        if (body.Alerts.Count == 0) text.Append(body.Summary).Append('\n');
        foreach (var item in body.Alerts)
        {
            text.Append(Line(item.Text)).Append('\n');
            text.Append(CultureInfo.InvariantCulture, $"  since {Time(item.FirstAt)}, last {Time(item.LastAt)}");
            if (item.ExecutionId is { } execution) text.Append(CultureInfo.InvariantCulture, $", execution {execution}");
            text.Append("\n\n");
        }

        if (body.More > 0) text.Append(CultureInfo.InvariantCulture, $"… and {body.More} more; GET /api/v1/alerts lists all of them.\n\n");
        return text.Append(CultureInfo.InvariantCulture, $"Tenant {body.Tenant}{(body.Rule.Length > 0 ? $", rule {body.Rule}" : "")}, {Time(body.CreatedAt)}\n").ToString();
    }

    /// <summary>As Slack's mrkdwn: what a script wrote cannot link, mention or format.</summary>
    public static string Slack(AlertBody body)
    {
        var text = new StringBuilder().Append('*').Append(Escape(Line(body.Summary))).Append('*');
        foreach (var item in body.Alerts.Take(20))
        {
            text.Append("\n• ").Append(Escape(Line(item.Text)));
            if (item.ExecutionId is { } execution) text.Append(CultureInfo.InvariantCulture, $" (execution {execution})");
        }

        var left = body.More + Math.Max(0, body.Alerts.Count - 20);
        if (left > 0) text.Append(CultureInfo.InvariantCulture, $"\n… and {left} more");
        return text.ToString();

        // A zero-width space keeps the signs of formatting from being taken as such.
        static string Escape(string value) => value
            .Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("*", "\u200b*\u200b", StringComparison.Ordinal)
            .Replace("`", "\u200b`\u200b", StringComparison.Ordinal);
    }

    /// <summary>In one line, of printable characters alone.</summary>
    public static string Line(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) line.Append(' ');
            // What turns the direction of writing hides what stands beside it.
            else if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format) line.Append(rune);
        }

        return line.ToString();
    }

    private static AlertBody.Item Item(TrackedAlert alert) => new(
        alert.Id, alert.Condition, alert.ClosedAt is null ? AlertState.Open : AlertState.Closed, alert.ScriptId, alert.ScriptName, alert.Count, New(alert), alert.FirstAt,
        alert.LastAt, alert.ExecutionId, alert.Code, alert.Message, Sentence(alert));

    private static long New(TrackedAlert alert) => Math.Max(0, alert.Count - alert.Told);

    private static string Sentence(TrackedAlert alert)
    {
        var fresh = New(alert);
        var ended = alert.ClosedAt is not null;
        if (ended && fresh == 0) return $"{alert.ScriptName}: {Ended(alert)}";
        var what = alert.Condition switch
        {
            AlertCondition.Failure => Invariant($"failed{Times(fresh)}{Why(alert)}"),
            AlertCondition.RepeatedFailure => Invariant($"failed {alert.Count} times in a row{Why(alert)}"),
            AlertCondition.Missed => Invariant($"did not run{Times(fresh)} when it was due: {Shown(alert.Message)}"),
            AlertCondition.Late => $"is late: {Shown(alert.Message)}",
            AlertCondition.Paused => $"paused itself: {Shown(alert.Message)}",
            AlertCondition.DeadLetters => Invariant($"has {alert.Count} open dead letters"),
            _ => throw new InvalidOperationException(alert.Condition.ToString()),
        };
        return $"{alert.ScriptName} {what}{(ended ? $"; {Ended(alert)}" : "")}";
    }

    private static string Ended(TrackedAlert alert) => alert.Condition switch
    {
        AlertCondition.Late => "it has started",
        AlertCondition.Paused => "it was resumed",
        AlertCondition.DeadLetters => "its dead letters are dealt with",
        _ => "it works again",
    };

    private static string Times(long count) => count == 1 ? "" : Invariant($" {count} times");

    private static string Why(TrackedAlert alert) => alert.Code is null ? "" : $" ({alert.Code}): {Shown(alert.Message)}";

    private static string Shown(string? message) => Cut(message ?? "", MessageShown);

    private static string Cut(string text, int most) => text.Length <= most ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[most - 1]) ? most - 1 : most), "…");

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
