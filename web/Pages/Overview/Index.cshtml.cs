using System.Globalization;
using Microsoft.Extensions.Localization;
using Sandbox.Protocol.Api;
using Sandbox.Web.Components;

namespace Sandbox.Web.Pages.Overview;

/// <summary>The first page: what needs a person, then figures, then executions per hour, then scripts that fail or are slow.</summary>
[Needs(Permissions.ExecutionsRead)]
public sealed class IndexModel(
    IOverview overview, IErrors errors, IDeadLetters deadLetters, ISchedules schedules, PageZone zone, TimeProvider time,
    IStringLocalizer<Words> words) : TenantPage
{
    private const int ErrorsShown = 5;
    private const int DueShown = 6;
    private const int VolumeHeight = 120;
    private const int FailuresHeight = 44;

    /// <summary>More dead letters than these are not counted.</summary>
    public const int DeadLettersMax = 200;

    public TenantOverview? Day { get; private set; }

    /// <summary>Open, and seen in the last 24 hours.</summary>
    public IReadOnlyList<ErrorGroup> Errors { get; private set; } = [];

    /// <summary>Open ones, the newest first.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters { get; private set; } = [];

    /// <summary>Empty where the reader may not see scripts.</summary>
    public IReadOnlyList<DueScript> Due { get; private set; } = [];

    /// <summary>Rows of what needs a person.</summary>
    public int NeedsCount => Errors.Count + (DeadLetters.Count > 0 ? 1 : 0) + Day!.Paused.Count + Day.Missed.Count;

    public long Total => Day!.Hours.Sum(hour => hour.Total);

    public long Failures => Day!.Hours.Sum(hour => hour.Failed + hour.TimedOut);

    public HourChart Volume => new(
        [.. Day!.Hours.Select(hour => Bar(hour, new ChartPart("bar-ran", hour.Completed), new ChartPart("bar-waited", hour.Cancelled)))],
        words["executions in the last 24 hours: {0}, of them completed: {1}", Total, Day!.Hours.Sum(hour => hour.Completed)],
        VolumeHeight,
        hasClock: false);

    /// <summary>With a scale of its own: failures are few beside what goes well.</summary>
    public HourChart Failed => new(
        [.. Day!.Hours.Select(hour => Bar(hour, new ChartPart("bar-refused", hour.Failed), new ChartPart("bar-late", hour.TimedOut)))],
        words["failed or timed out in the last 24 hours: {0}", Failures],
        FailuresHeight,
        hasClock: true);

    public Sparkline Spark(OverviewScript script) => new(
        script.Hours, words["executions in the last 24 hours: {0}, failed: {1}", script.Executions, script.Failures]);

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null) return;
        var recent = new ErrorFilter { State = ErrorState.Open, From = time.GetUtcNow().AddHours(-24) };
        var open = new DeadLetterFilter(null, null, DeadLetterState.Open, null, null, null);
        var day = overview.GetAsync(Reader, cancellationToken);
        var groups = errors.ListAsync(Reader, recent, new PageRequest(ErrorsShown), cancellationToken);
        var due = schedules.DueAsync(Reader, DueShown, cancellationToken);
        var letters = deadLetters.ListAsync(Reader, open, new PageRequest(DeadLettersMax), cancellationToken);
        await Task.WhenAll(day, groups, due, letters);
        Day = Take(await day);
        Errors = (await groups).Value?.Items ?? [];
        Due = (await due).Value ?? [];
        DeadLetters = (await letters).Value?.Items ?? [];
    }

    private ChartHour Bar(OverviewHour hour, params IReadOnlyList<ChartPart> parts) => new(
        zone.In(hour.Hour),
        words[
            "{0}: completed {1}, failed {2}, timed out {3}, cancelled {4}",
            zone.In(hour.Hour).ToString("HH:mm", CultureInfo.InvariantCulture),
            hour.Completed,
            hour.Failed,
            hour.TimedOut,
            hour.Cancelled],
        parts);
}
