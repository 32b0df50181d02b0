using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Sandbox.Protocol.Api;
using Sandbox.Web.Components;

namespace Sandbox.Web.Pages.Scripts;

/// <summary>One script: what starts it, whether it takes work, what it did last, what it is.</summary>
[Needs(Permissions.ScriptsRead)]
public sealed class ShowModel(IScripts scripts, IExecutions executions, IOverview overview, PageZone zone, IStringLocalizer<Words> words) : TenantPage
{
    private const int Executions = 10;
    private const int VersionsShown = 20;
    private const int RunsShown = 3;
    private const int ChartHeight = 96;

    /// <summary>Its id or name.</summary>
    [FromRoute]
    public string Script { get; set; } = "";

    /// <summary>Where the page of versions begins.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    public Script? Shown { get; private set; }

    public ScriptTrigger Trigger => new(Shown!);

    /// <summary>A command line that starts it; null: none does.</summary>
    public string? Curl => Trigger.Curl(Tenant!.Slug, $"{Request.Scheme}://{Request.Host}");

    /// <summary>Of a schedule.</summary>
    public IReadOnlyList<DateTimeOffset> NextRuns { get; private set; } = [];

    /// <summary>Null: the reader may not see them.</summary>
    public IReadOnlyList<Execution>? Last { get; private set; }

    /// <summary>Null: the reader may not see executions, or nothing ran.</summary>
    public ScriptFigures? Figures { get; private set; }

    public HourChart Chart => new(
        [.. Figures!.Hours.Select(hour => new ChartHour(
            zone.In(hour.Hour),
            words[
                "{0}: completed {1}, failed {2}, timed out {3}, cancelled {4}",
                zone.In(hour.Hour).ToString("HH:mm", CultureInfo.InvariantCulture),
                hour.Completed,
                hour.Failed,
                hour.TimedOut,
                hour.Cancelled],
            [new("bar-refused", hour.Failed), new("bar-late", hour.TimedOut), new("bar-ran", hour.Completed), new("bar-waited", hour.Cancelled)]))],
        words["executions in the last 24 hours: {0}, failed: {1}", Figures.Hours.Sum(hour => hour.Total), Figures.Hours.Sum(hour => hour.Failed + hour.TimedOut)],
        ChartHeight,
        hasClock: true);

    /// <summary>What the live version may do, in words.</summary>
    public IReadOnlyList<string> Uses { get; private set; } = [];

    /// <summary>Newest first.</summary>
    public IReadOnlyList<ScriptVersion> Versions { get; private set; } = [];

    public string? OlderUrl { get; private set; }

    public IEnumerable<(int Number, string Text)> Lines => Shown!.Source.ReplaceLineEndings("\n").Split('\n').Select((text, at) => (at + 1, text));

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null || Take(await scripts.GetAsync(Reader, Script, cancellationToken)) is not { } script) return;
        var id = script.Id.ToString();
        if (Take(await scripts.VersionsAsync(Reader, id, new PageRequest(VersionsShown, Cursor), cancellationToken)) is not { } versions) return;
        Shown = script;
        Versions = versions.Items;
        OlderUrl = versions.NextCursor is { } next ? Tenant.Path($"/scripts/{Uri.EscapeDataString(script.Name)}", ("cursor", next)) + "#versions" : null;
        Uses = (await scripts.UsesAsync(Reader, id, cancellationToken)).Value ?? [];
        Last = (await executions.ListAsync(Reader, new ExecutionFilter { Script = id }, new PageRequest(Executions), cancellationToken)).Value?.Items;
        Figures = (await overview.ScriptAsync(Reader, script.Id, cancellationToken)).Value is { Versions.Count: > 0 } figures ? figures : null;
        if (script is not { Kind: ScriptKind.Scheduled, Enabled: true }) return;
        var due = await scripts.ValidateAsync(Reader, new ValidateRequest(script.Kind, null, script.Trigger, From: null), cancellationToken);
        NextRuns = [.. (due.Value?.NextRuns ?? []).Take(RunsShown)];
    }
}
