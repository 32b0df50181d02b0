using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;
using Sandbox.Web.Components;

namespace Sandbox.Web.Pages.Executions;

/// <summary>The filters of the list, as its address says them. What is not acceptable counts as left out.</summary>
public sealed record ListQuery
{
    /// <summary>What <see cref="Range"/> may be, with its hours; null: all that is kept.</summary>
    private static readonly Dictionary<string, int?> s_ranges = new(StringComparer.Ordinal) { ["24h"] = 24, ["7d"] = 168, ["all"] = null };

    [FromQuery(Name = "status")]
    public ExecutionStatus? Status { get; init; }

    /// <summary>Script id or name.</summary>
    [FromQuery(Name = "script")]
    public string? Script { get; init; }

    [FromQuery(Name = "kind")]
    public ScriptKind? Kind { get; init; }

    [FromQuery(Name = "trigger")]
    public TriggerType? Trigger { get; init; }

    [FromQuery(Name = "code")]
    public string? Code { get; init; }

    /// <summary>Text in a log line or an error.</summary>
    [FromQuery(Name = "text")]
    public string? Text { get; init; }

    [FromQuery(Name = "duration_ms_min")]
    public double? DurationMsMin { get; init; }

    [FromQuery(Name = "duration_ms_max")]
    public double? DurationMsMax { get; init; }

    /// <summary>Each is <c>key:value</c>.</summary>
    [FromQuery(Name = "label")]
    public string[]? Label { get; init; }

    /// <summary>With <see cref="To"/> in the place of <see cref="Range"/>.</summary>
    [FromQuery(Name = "from")]
    public DateTimeOffset? From { get; init; }

    [FromQuery(Name = "to")]
    public DateTimeOffset? To { get; init; }

    [FromQuery(Name = "range")]
    public string? Range { get; init; }

    /// <summary>The name of the range in force.</summary>
    public string RangeName => Range is not null && s_ranges.ContainsKey(Range) ? Range : "24h";

    /// <summary>A time of one's own, not counted back from now.</summary>
    public bool HasTimes => From is not null || To is not null;

    public IEnumerable<string> Labels => (Label ?? []).Where(label => label is not null && label.IndexOf(':', StringComparison.Ordinal) > 0);

    /// <summary>Beyond the range, which is always there.</summary>
    public bool IsFiltered => this with { Range = null, Label = null } != new ListQuery() || Labels.Any();

    public ExecutionFilter Filter(DateTimeOffset now) => new()
    {
        Status = Status,
        Script = Script,
        Kind = Kind,
        Trigger = Trigger,
        Code = Code,
        Text = Text,
        DurationMsMin = DurationMsMin,
        DurationMsMax = DurationMsMax,
        Labels = [.. Labels.Select(label => label.Split(':', 2)).Select(parts => new Label(parts[0], parts[1]))],
        From = HasTimes ? From : s_ranges[RangeName] is { } hours ? now.AddHours(-hours) : null,
        To = To,
    };

    public string Url(ActingTenant? tenant, string? cursor = null) => tenant.Path("/executions", [
        ("status", Name(Status)),
        ("script", Script),
        ("kind", Name(Kind)),
        ("trigger", Name(Trigger)),
        ("code", Code),
        ("text", Text),
        ("duration_ms_min", Number(DurationMsMin)),
        ("duration_ms_max", Number(DurationMsMax)),
        .. Labels.Select(label => ("label", (string?)label)),
        ("from", Time(From)),
        ("to", Time(To)),
        ("range", HasTimes || RangeName == "24h" ? null : RangeName),
        ("cursor", cursor),
    ]);

    /// <summary>Each filter that the toolbar's own fields do not show, with the query that is without it.</summary>
    public IEnumerable<(string Name, string Value, ListQuery Without)> Chips(PageZone zone)
    {
        if (Script is { } script) yield return ("Script", script, this with { Script = null });
        if (Code is { } code) yield return ("Code", code, this with { Code = null });
        if (Kind is { } kind) yield return ("Kind", Names.Of(kind), this with { Kind = null });
        if (Trigger is { } trigger) yield return ("Trigger", Names.Of(trigger), this with { Trigger = null });
        if (DurationMsMin is { } min) yield return ("Ran at least", Amount.Duration(min), this with { DurationMsMin = null });
        if (DurationMsMax is { } max) yield return ("Ran at most", Amount.Duration(max), this with { DurationMsMax = null });
        if (From is { } from) yield return ("From", Shown(zone.In(from)), this with { From = null });
        if (To is { } to) yield return ("To", Shown(zone.In(to)), this with { To = null });
        foreach (var label in Labels) yield return ("Label", label, this with { Label = [.. Labels.Where(other => other != label)] });
    }

    /// <summary>As the API writes it; null: no value.</summary>
    public static string? Name<T>(T? value)
        where T : struct, Enum => value?.ToString().ToLowerInvariant();

    public static string? Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);

    public static string? Time(DateTimeOffset? value) => value?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture);

    private static string Shown(DateTimeOffset time) => time.ToString("d MMM, HH:mm:ss", CultureInfo.CurrentCulture);
}
